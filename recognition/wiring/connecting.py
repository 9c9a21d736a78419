"""The program is plugged together."""

from flask import Flask

from recognition.badges import held as badges_held
from recognition.campaigns import queries as campaign_queries
from recognition.wiring import doors, hooks, merges, work


def connect(app: Flask) -> None:
    app.extensions["names"] = hooks.NAMES
    app.extensions["member_changed"] = hooks.MEMBER_CHANGED
    app.extensions["look_again"] = hooks.LOOK_AGAIN
    app.extensions["address_changed"] = hooks.ADDRESS_CHANGED
    app.extensions["member_filters"] = hooks.MEMBER_FILTERS
    app.extensions["mail_texts"] = hooks.MAIL_TEXTS
    app.extensions["locks"] = hooks.LOCKS
    app.extensions["reportable"] = hooks.REPORTABLE
    app.extensions["mentors_changed"] = hooks.MENTORS_CHANGED
    app.extensions["merges"] = merges.MERGES
    app.extensions["merge_holds"] = merges.MERGE_HOLDS
    app.extensions["merge_waits"] = merges.MERGE_WAITS
    app.extensions["merge_concerns"] = merges.MERGE_CONCERNS
    app.extensions["unmerges"] = merges.UNMERGES
    app.extensions["figures"] = hooks.FIGURES
    app.extensions["dates_changed"] = hooks.DATES_CHANGED
    app.extensions["campaign_out"] = hooks.CAMPAIGN_OUT
    app.extensions["campaign_checks"] = hooks.CAMPAIGN_CHECKS
    app.extensions["spans"] = campaign_queries.spans
    app.extensions["shown_awards"] = badges_held.shown_awards
    app.extensions["jobs"] = work.JOBS
    app.extensions["bells"] = {bell: run for bell, (run, _waits) in work.BELLS.items()}
    app.extensions["watched"] = {bell: waits for bell, (_run, waits) in work.BELLS.items()}
    app.extensions["timetable"] = work.TIMETABLE
    app.extensions["reactions"] = hooks.REACTIONS
    app.extensions["changes"] = hooks.CHANGES
    app.extensions["checks"] = hooks.CHECKS
    for install in doors.INSTALLERS:
        install(app)
    for blueprint in doors.BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in doors.COMMANDS:
        app.cli.add_command(command)
