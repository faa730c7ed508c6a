//! What every implementation of the ports has promised. One suite runs on the memory twin and on
//! the browser; [`for_each_contract!`] names all of it, so that neither side can leave one out.
//!
//! A contract is a function that is generic over a [`Fixture`] and sets up its own storage.

mod conditions;
mod fixture;
mod given;
mod samples;

pub mod amending;
pub mod arrays;
pub mod batches;
pub mod calendar;
pub mod counting;
pub mod courtesy;
pub mod cutting;
pub mod editing;
pub mod fenced_swaps;
pub mod fences;
pub mod holding;
pub mod jsontext;
pub mod keeping;
pub mod limiting;
pub mod lists;
pub mod loading;
pub mod local;
pub mod looking;
pub mod measuring;
pub mod reading;
pub mod revisions;
pub mod shapes;
pub mod sharing;
pub mod swapping;
pub mod texts;
pub mod together;
pub mod values;
pub mod wrapping;
pub mod writes;

pub use fixture::{BodyOf, Fixture};

/// Hands every contract to a macro, as `module::function, …`. On the host that macro makes a
/// `#[test]` of each, in the browser a `#[wasm_bindgen_test]`.
macro_rules! for_each_contract {
    ($run:ident) => {
        $run! {
            amending::a_value_is_set_where_it_stands,
            amending::a_field_goes_and_the_others_keep_their_order,
            amending::items_go_and_those_behind_move_up,
            amending::an_array_keeps_its_beginning_or_its_end,
            amending::a_text_is_never_cut_through_a_pair,
            amending::many_changes_are_carried_out_in_their_order,
            amending::what_cannot_be_changed_is_told,
            amending::what_is_referred_to_from_elsewhere_is_told,
            arrays::only_an_array_has_a_length,
            arrays::slices_keep_holes_and_leave_properties,
            arrays::arrays_are_put_one_behind_the_other,
            arrays::an_item_is_set_in_its_array_and_behind_it,
            batches::a_backup_is_never_overwritten,
            batches::a_batch_that_fails_takes_no_lease,
            batches::a_value_that_cannot_be_stored_stops_the_batch,
            batches::writes_happen_in_their_order,
            calendar::today_is_the_day_of_this_moment,
            calendar::days_follow_one_another,
            calendar::there_are_days_before_1970_and_an_end_of_the_calendar,
            counting::a_census_counts_generations_and_backups,
            counting::a_count_is_kept_where_there_is_a_database,
            counting::a_head_is_written_by_itself,
            counting::a_pulse_passes_over_lines_that_tell_of_no_session,
            courtesy::a_lock_keeps_others_out_until_it_is_dropped,
            courtesy::one_tab_is_not_let_in_twice,
            courtesy::a_lock_is_waited_for,
            courtesy::no_token_comes_twice,
            courtesy::time_does_not_run_backwards,
            cutting::splitting_takes_out_what_the_cut_names,
            cutting::the_skeleton_keeps_the_properties_of_an_array,
            cutting::joining_restores_every_body,
            cutting::joining_restores_bodies_from_copies_of_their_pieces,
            cutting::names_of_prototypes_are_keys_like_any_other,
            cutting::joining_needs_the_places,
            editing::a_value_is_found_at_its_path,
            editing::setting_makes_a_copy_with_the_value,
            editing::keys_keep_their_order_when_one_is_set,
            editing::setting_the_root_is_the_value_itself,
            editing::setting_needs_a_container_that_the_key_fits,
            editing::null_is_null,
            fenced_swaps::without_the_lease_nothing_is_written,
            fenced_swaps::with_a_stale_revision_nothing_is_written,
            fenced_swaps::the_lease_follows_the_batch,
            fenced_swaps::of_two_tabs_at_once_one_swaps,
            fenced_swaps::a_swap_expects_several_sessions_at_once,
            fences::a_lease_is_held_by_one,
            fences::a_lease_from_a_clock_that_was_put_back_is_over,
            fences::a_lease_lasts_until_its_time,
            fences::each_session_has_a_lease_of_its_own,
            fences::a_refusal_names_the_session,
            fences::of_two_tabs_at_once_one_gets_the_lease,
            holding::an_array_holds_its_items_and_its_holes_are_none,
            holding::a_map_holds_its_values_under_their_names,
            holding::where_no_collection_lies_there_are_no_sessions,
            holding::neighbours_in_an_array_stay_as_they_are,
            holding::holes_and_properties_of_an_array_stay,
            holding::a_member_is_put_in_where_it_stood,
            holding::neighbours_in_a_map_stay_as_they_are,
            jsontext::members_of_a_text_are_its_very_texts,
            jsontext::neighbours_in_a_text_keep_every_unit,
            jsontext::a_text_is_put_in_where_it_stood,
            jsontext::members_of_an_object_in_a_text_have_names,
            jsontext::a_name_that_is_there_twice_is_broken_both_times,
            jsontext::lone_surrogates_in_a_text_stay_where_they_are,
            jsontext::lone_surrogates_in_names_tell_them_apart,
            jsontext::a_text_that_is_no_json_holds_nothing,
            keeping::a_manifest_keeps_all_it_says,
            keeping::a_backup_keeps_all_it_says,
            keeping::a_snapshot_of_state_keeps_all_it_says,
            keeping::a_layout_comes_back_as_it_was,
            limiting::a_fact_tells_what_a_value_is,
            limiting::a_fact_is_told_of_own_values_alone,
            limiting::of_a_long_text_its_beginning_is_told,
            limiting::keys_are_those_of_items_and_values,
            lists::a_list_comes_apart_into_its_items,
            lists::every_list_is_put_together_as_it_was,
            lists::what_is_no_list_is_no_place_for_chunks,
            lists::an_object_in_two_chunks_of_a_list_is_shared,
            lists::a_list_says_no_id_and_is_told_from_an_object,
            lists::a_list_is_cut_and_its_items_are_changed,
            lists::chunks_of_a_list_are_stored_loaded_and_removed,
            loading::a_session_is_loaded_with_its_live_pieces,
            loading::loading_tells_what_is_missing,
            loading::loading_tells_what_is_unexpected,
            loading::a_session_without_its_list_is_loaded_as_what_it_is,
            loading::pieces_come_in_the_order_asked_for,
            loading::names_of_pieces_are_told_apart,
            local::keys_of_texts_come_in_their_order,
            local::a_text_is_read_as_it_lies,
            local::a_text_becomes_what_it_is_to_become,
            local::nothing_but_text_is_put_there,
            local::without_the_lease_no_text_is_written,
            local::a_place_inside_a_text_stands_for_that_text,
            local::of_two_tabs_at_once_both_change_what_is_there,
            looking::looking_creates_no_database,
            looking::a_store_that_is_missing_is_empty,
            looking::keys_of_every_kind_come_in_their_order,
            looking::a_prefix_is_just_that,
            looking::a_prefix_may_end_with_the_last_character,
            looking::a_record_is_read_by_its_key,
            looking::what_the_application_writes_is_seen_at_once,
            measuring::what_differs_measures_differently,
            measuring::what_is_equal_measures_the_same,
            measuring::the_outline_leaves_out_the_bytes_of_blobs_alone,
            measuring::sizes_are_those_of_texts_keys_numbers_and_binary_data,
            measuring::what_cannot_be_read_safely_is_not_measured,
            measuring::what_cannot_be_stored_is_not_copied,
            reading::reading_without_a_database_finds_nothing_and_creates_none,
            reading::what_one_tab_creates_another_finds,
            reading::backups_are_listed_oldest_first,
            reading::ids_are_numbers_or_texts_and_never_both,
            reading::quota_is_told_in_bytes_if_at_all,
            revisions::a_batch_may_expect_a_revision,
            revisions::the_fence_is_looked_at_first,
            revisions::a_stale_batch_takes_no_lease,
            revisions::of_two_tabs_at_once_one_moves_a_revision_on,
            revisions::all_that_a_batch_expects_must_be_so,
            shapes::a_shape_tells_what_lies_at_a_path,
            shapes::nothing_is_found_that_a_prototype_lends,
            shapes::facts_tell_an_id_from_what_is_none,
            shapes::facts_tell_objects_and_the_fields_of_applications,
            shapes::text_is_found_only_where_text_lies,
            sharing::an_object_in_two_pieces_is_shared,
            sharing::an_object_that_a_piece_and_the_skeleton_hold_is_shared,
            sharing::an_object_that_is_in_no_piece_any_more_is_shared,
            sharing::what_splitting_makes_is_shared_with_nothing,
            sharing::a_copy_shares_nothing_with_its_original,
            swapping::a_record_is_replaced_if_it_is_as_expected,
            swapping::a_record_that_is_not_as_expected_is_left_alone,
            swapping::what_is_compared_is_the_record_itself,
            swapping::neighbours_keep_every_byte,
            swapping::a_swap_creates_no_database_of_an_application,
            swapping::a_record_that_is_to_stay_is_left_alone_and_the_batch_applied,
            texts::text_is_text_and_nothing_else_is,
            texts::json_is_parsed_where_nothing_is_lost,
            texts::json_that_would_not_survive_is_broken,
            texts::what_is_zipped_comes_back,
            texts::what_gzip_would_lose_is_not_zipped,
            texts::a_sum_is_over_the_text_or_the_json,
            texts::only_texts_are_the_same_text,
            together::batches_at_once_are_all_applied,
            together::of_batches_at_once_each_fails_by_itself,
            together::records_go_if_they_may,
            together::records_stay_where_the_conditions_do_not_hold,
            together::where_there_is_no_store_the_batch_is_applied,
            values::pieces_are_read_as_they_were_written,
            values::skeletons_and_backups_are_read_as_they_were_written,
            values::records_of_applications_are_read_as_they_lie,
            values::what_was_stored_measures_as_it_did,
            values::what_is_read_twice_is_two_objects,
            wrapping::peeling_leaves_null_in_the_place_of_the_body,
            wrapping::wrapping_is_the_inverse_of_peeling,
            wrapping::peeling_finds_nothing_where_nothing_lies,
            wrapping::compressed_text_is_decoded,
            wrapping::anything_else_is_its_own_decoding,
            wrapping::compressed_text_that_would_not_come_back_is_broken,
            wrapping::compressed_text_that_is_damaged_is_broken,
            writes::manifests_come_and_go,
            writes::generations_go_with_their_lists_and_pieces,
            writes::one_piece_goes_alone,
            writes::a_piece_is_replaced,
            writes::backups_come_and_go,
            writes::a_journal_has_one_entry_a_session,
            writes::quarantine_has_one_entry_a_place,
            writes::what_was_carried_is_kept_once_for_two_keys,
            writes::the_audit_is_numbered_from_one,
        }
    };
}
pub(crate) use for_each_contract;
