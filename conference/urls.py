"""All addresses: German for people; chat and market bring their own."""

import re

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from conference.segments import ADDRESS
from conference.views import (
    calendars,
    chat_replays,
    checklists,
    clock,
    codes,
    demo,
    direct_reports,
    events,
    figures,
    forum_materials,
    forums,
    foyer,
    icons,
    interests,
    logins,
    mail_choices,
    marks,
    media,
    my_data,
    outbox,
    pages,
    passwords,
    places,
    playlists,
    premieres,
    programme,
    recording_files,
    recordings,
    registrations,
    reports,
    segments,
    sessions,
    slots,
    tech_checks,
    video_questions,
    waitings,
    watch_positions,
)

handler403 = "conference.views.errors.permission_denied"
handler404 = "conference.views.errors.not_found"
handler500 = "conference.views.errors.server_error"
urlpatterns = [
    path("", events.index, name="start"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("fachtag.webmanifest", icons.manifest, name="manifest"),
    path("seiten/<slug:slug>/", pages.show, name="page"),
    path("veranstaltungen/<slug:event_slug>/", events.show, name="event"),
    path("veranstaltungen/<slug:event_slug>/termin.ics", calendars.show, name="calendar"),
    path("veranstaltungen/<slug:event_slug>/vormerken/", interests.create, name="interest"),
    path(
        "veranstaltungen/<slug:event_slug>/vormerken/<str:token>/",
        interests.delete,
        name="interest_end",
    ),
    path("veranstaltungen/<slug:event_slug>/anmeldung/", registrations.create, name="register"),
    path(
        "veranstaltungen/<slug:event_slug>/meine-anmeldung/",
        registrations.show,
        name="registration",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/meine-anmeldung/absagen/",
        registrations.delete,
        name="registration_cancel",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/meine-anmeldung/programm.ics",
        calendars.mine,
        name="my_calendar",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/meine-anmeldung/kalender/erneuern/",
        calendars.renew,
        name="calendar_renew",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/e-mails/<str:token>/",
        mail_choices.show,
        name="mail_choice",
    ),
    path("kalender/<str:token>/programm.ics", calendars.subscription, name="subscription"),
    path("veranstaltungen/<slug:event_slug>/programm/", programme.show, name="programme"),
    path(
        "veranstaltungen/<slug:event_slug>/programm/<slug:slug>/",
        sessions.show,
        name="session",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/programm/<slug:slug>/termin.ics",
        calendars.session,
        name="session_calendar",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/programm/<slug:slug>/merken/",
        marks.create,
        name="mark",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/programm/<slug:slug>/merken/aufheben/",
        marks.delete,
        name="mark_end",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/programm/<slug:slug>/premiere/",
        include(
            [
                path("", premieres.show, name="premiere"),
                path("verschieben/", premieres.delay, name="premiere_delay"),
                path("starten/", premieres.start, name="premiere_start"),
                path("anhalten/", premieres.pause, name="premiere_pause"),
                path("fortsetzen/", premieres.go_on, name="premiere_go_on"),
                path("beenden/", premieres.end, name="premiere_end"),
            ]
        ),
    ),
    path("veranstaltungen/<slug:event_slug>/jetzt/", programme.now, name="now"),
    path(
        "veranstaltungen/<slug:event_slug>/checkliste/",
        checklists.show,
        name="recording_checklist",
    ),
    path("veranstaltungen/<slug:event_slug>/zahlen/", figures.show, name="figures"),
    path("veranstaltungen/<slug:event_slug>/technik/", tech_checks.show, name="tech_check"),
    path("veranstaltungen/<slug:event_slug>/foyer/", foyer.show, name="foyer"),
    path("veranstaltungen/<slug:event_slug>/meldungen/", reports.index, name="reports"),
    path(
        "veranstaltungen/<slug:event_slug>/meldungen/<int:pk>/ausblenden/",
        direct_reports.hide,
        name="direct_report_hide",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/meldungen/<int:pk>/stehen-lassen/",
        direct_reports.keep,
        name="direct_report_keep",
    ),
    path("veranstaltungen/<slug:event_slug>/foren/", forums.index, name="forums"),
    path("veranstaltungen/<slug:event_slug>/foren/<int:number>/", forums.show, name="forum"),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/<int:pk>/",
        slots.show,
        name="slot",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/<int:pk>/platz/",
        places.create,
        name="place",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/<int:pk>/platz/zurueckgeben/",
        places.delete,
        name="place_return",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/<int:pk>/platz/ich-komme/",
        places.confirm,
        name="place_confirm",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/<int:pk>/warteliste/",
        waitings.create,
        name="waiting",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/warteliste/",
        waitings.create_for_either,
        name="waiting_for_either",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/warteliste/<int:pk>/verlassen/",
        waitings.delete,
        name="waiting_end",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/warteliste/<int:pk>/annehmen/",
        waitings.accept,
        name="offer_accept",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/code/",
        codes.create,
        name="code",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/material/<int:pk>/",
        forum_materials.show,
        name="forum_material",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/", recordings.index, name="recordings"
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/",
        recordings.show,
        name="recording",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/video.mp4",
        recording_files.video,
        name="recording_video",
    ),
    re_path(
        r"^veranstaltungen/(?P<event_slug>[-\w]+)/aufzeichnungen/(?P<slug>[-\w]+)/"
        rf"film/(?P<pk>\d+)/(?P<name>{'|'.join(map(re.escape, recording_files.PARTS))})$",
        recording_files.part,
        name="recording_part",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/film/<int:pk>/master.m3u8",
        playlists.master,
        name="recording_playlist",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/film/<int:pk>/<slug:name>.m3u8",
        playlists.media,
        name="recording_rendition",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/untertitel.<slug:language>.vtt",
        recording_files.text,
        {"kind": "captions"},
        name="recording_captions",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/kapitel.<slug:language>.vtt",
        recording_files.text,
        {"kind": "chapters"},
        name="recording_chapters",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/text.<slug:language>.txt",
        recording_files.transcript,
        name="recording_transcript",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/bearbeiten/",
        include("conference.edit_urls"),
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/material/<int:pk>/",
        recording_files.material,
        name="recording_material",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/stelle/",
        watch_positions.create,
        name="watch_position",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/chat/",
        chat_replays.show,
        name="chat_replay",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/fragen/",
        video_questions.create,
        name="video_question",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/aufzeichnungen/<slug:slug>/fragen/<int:pk>/zurueckziehen/",
        video_questions.delete,
        name="video_question_end",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/fragen/<int:pk>/weglegen/",
        video_questions.settle,
        name="video_question_settle",
    ),
    path(
        "veranstaltungen/<slug:event_slug>/foren/<int:number>/fragen/<int:pk>/vorlegen/",
        video_questions.reopen,
        name="video_question_reopen",
    ),
    path("veranstaltungen/<slug:event_slug>/markt/", include("marketplace.urls")),
    re_path(
        r"^medien/(?P<name>(?!recordings/[0-9a-f]{32}/(?!poster\.webp$))"  # a film's own
        r"(?:events|speakers|stands|recordings)/(?:[\w-]+/)*"
        r"[\w.-]+\.(?:avif|gif|jpe?g|png|webp))$",
        media.picture,
        name="picture",
    ),
    re_path(rf"^{ADDRESS}$", segments.show, name="segment"),
    path("uhr/", clock.show, name="clock"),
    path("chat/", include("chat.urls")),
    path("meine-daten/daten.json", my_data.show, name="my_data"),
    path("meine-daten/adresse/", my_data.move, name="my_address"),
    path("meine-daten/loeschen/", my_data.delete, name="my_data_delete"),
    path("sprache/", login_not_required(set_language), name="set_language"),
    path("anmelden/", logins.create, name="login"),
    path("anmelden/passwort/", logins.with_password, name="login_password"),
    path("anmelden/postfach/", logins.sent, name="check_mail"),
    path("anmelden/link/<str:token>/", logins.link, name="login_link"),
    path("abmelden/", LogoutView.as_view(), name="logout"),
    path("demo/", demo.index, name="demo"),
    path("demo/eintreten/<slug:role>/", demo.enter, name="demo_enter"),
    path("demo/postausgang/", outbox.index, name="outbox"),
    path(
        "verwaltung/login/",
        login_not_required(
            RedirectView.as_view(pattern_name="login_password", query_string=True)
        ),
    ),
    path("verwaltung/password_change/", passwords.update, name="password"),
    path("verwaltung/", admin.site.urls),
]
