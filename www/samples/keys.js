/** Keys of localStorage that the samples have, so that nothing else is ever taken for the demo's. */

/** The tenant whose Restow the page opens, and one that must not be touched. */
export const TENANT = "a1b2c3d4-e5f6-4a8b-9c0d-1e2f3a4b5c6d";
export const OTHER_TENANT = "f1234567-89ab-4cde-f012-3456789abcde";

/** The streak of someone without an account, and that of an account. */
export const ANONYMOUS = "cleanStreak_anonymous_state";
export const ACCOUNT = "cleanStreak_authenticated_state";

/** A chat from before keys named their tenant. */
export const CHAT_OF_NO_ONE = "chat_session_1756900000000";

const PREFIXES = ["taskerino-", "cleanStreak_"];
const WHOLE = [
  "auth_token", "auth-storage", "current_tenant", "current_tenant_id", "current_user", "theme",
  "i18nextLng", "migration_banner_dismissed", CHAT_OF_NO_ONE,
];

/** Whether a key is one that the samples write. */
export const isSampleKey = (key) =>
  PREFIXES.some((prefix) => key.startsWith(prefix)) || WHOLE.includes(key) || key.includes(TENANT) || key.includes(OTHER_TENANT);
