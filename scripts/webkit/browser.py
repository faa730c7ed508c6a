"""A window of WebKitGTK that WebDriver drives, and that keeps what pages store.

WebKitGTK's MiniBrowser is in private mode whenever it is driven, and there WebKit stores no Blobs.
The driver starts it with the folder of its profile as its only argument.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

folder = sys.argv[1]
manager = WebKit2.WebsiteDataManager(
    base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache"
)
context = WebKit2.WebContext(website_data_manager=manager)
context.set_automation_allowed(True)


def create_view(_session):
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=1280, default_height=900)
    window.add(view)
    window.show_all()
    view.connect("close", lambda _view: window.destroy())
    return view


def name_ourselves(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("WebKitGTK")
    version = (WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    info.set_version(*version)
    session.set_application_info(info)
    session.connect("create-web-view", create_view)


context.connect("automation-started", name_ourselves)
Gtk.main()
