"""The one file that knows every package: what the program is plugged together from. Data, no logic."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Blueprint, Flask
from flask_migrate.cli import db as migrations

from recognition import i18n
from recognition.activities import api as activities_api
from recognition.activities import changes, drain
from recognition.activities import cli as activities_cli
from recognition.activities import jobs as activity_jobs
from recognition.activities import merging as activity_merging
from recognition.announcements import jobs as announcement_jobs
from recognition.announcements import merging as announcement_merging
from recognition.announcements import views as announcements_views
from recognition.archive import cli as archive_cli
from recognition.backpack import jobs as backpack_jobs
from recognition.backpack import merging as backpack_merging
from recognition.backpack.api import rooms as backpack_api
from recognition.backpack.views import rooms as backpack_rooms
from recognition.badges import api as badges_api
from recognition.badges import cli as badges_cli
from recognition.badges import jobs as badge_jobs
from recognition.badges import rebuild as badges_rebuild
from recognition.badges.portable import cli as keys_cli
from recognition.badges.portable import due, verify_cli
from recognition.badges.portable import rebuild as credentials_rebuild
from recognition.badges.services import considering, endorsing, flags, merging_words, people
from recognition.badges.services import merging as badge_merging
from recognition.badges.views import rooms as badges_rooms
from recognition.campaigns import api as campaigns_api
from recognition.campaigns import jobs as campaign_jobs
from recognition.campaigns import merging as campaign_merging
from recognition.campaigns import queries as campaign_queries
from recognition.campaigns import rebuild as campaigns_rebuild
from recognition.campaigns import services as campaigns
from recognition.catalog import cli as catalog_cli
from recognition.catalog import names
from recognition.contests import api as contests_api
from recognition.contests import cli as contests_cli
from recognition.contests import jobs as contest_jobs
from recognition.contests import merging as contest_merging
from recognition.contests import rebuild as contests_rebuild
from recognition.contests import unmerging as contest_unmerging
from recognition.contests.views import rooms as contests_rooms
from recognition.demo import cli as demo_cli
from recognition.identity import access, oidc
from recognition.identity import api as identity_api
from recognition.identity import cli as identity_cli
from recognition.identity import jobs as identity_jobs
from recognition.identity.oauth import api as oauth_api
from recognition.identity.oauth import cli as oauth_cli
from recognition.identity.oauth import server as oauth_server
from recognition.identity.services import merging, unmerging
from recognition.identity.views import rooms as identity_rooms
from recognition.inlets import api as inlets_api
from recognition.inlets import cli as inlets_cli
from recognition.inlets import jobs as inlet_jobs
from recognition.inlets import merging as inlet_merging
from recognition.inlets.views import feeds as feed_views
from recognition.inlets.views import rooms as inlet_rooms
from recognition.inlets.xapi import api as xapi_api
from recognition.jobs import cli as jobs_cli
from recognition.jobs import jobs as job_jobs
from recognition.leaderboards import api as leaderboards_api
from recognition.leaderboards import jobs as leaderboard_jobs
from recognition.leaderboards import rebuild as leaderboards_rebuild
from recognition.leaderboards import services as leaderboards
from recognition.leaderboards import views as leaderboards_views
from recognition.media import jobs as media_jobs
from recognition.media import views as media_views
from recognition.pages import activities as pages_activities
from recognition.pages import (
    admin,
    asks,
    attendance,
    audit,
    content_reports,
    contest_flags,
    council,
    deed_pictures,
    telling,
    unseen,
)
from recognition.pages import campaigns as pages_campaigns
from recognition.pages import comments as pages_comments
from recognition.pages import deeds as pages_deeds
from recognition.pages import feeds as pages_feeds
from recognition.pages import home as pages_home
from recognition.pages import kinds as pages_kinds
from recognition.pages import merges as pages_merges
from recognition.pages import profile as pages_profile
from recognition.pages import programs as pages_programs
from recognition.pages import reconciliation as pages_reconciliation
from recognition.pages import records as pages_records
from recognition.pages import tags as pages_tags
from recognition.pages import thanks as pages_thanks
from recognition.pages.badge_studio import rooms as badge_studio
from recognition.pages.contest_workshop import rooms as contest_workshop
from recognition.processes import cli as processes_cli
from recognition.quests import api as quests_api
from recognition.quests import merging as quest_merging
from recognition.quests import reactions as quests
from recognition.quests import rebuild as quests_rebuild
from recognition.quests import views as quest_views
from recognition.web import access as web_access
from recognition.web import compression, errors, headers, health, limits, origins, reading, templating, unchanged, unstorable
from recognition.web.htmx import htmx
from recognition.webhooks import jobs as webhook_jobs
from recognition.webhooks import merging as webhook_merging
from recognition.webhooks import reactions as webhooks
from recognition.webhooks import views as webhooks_views

INSTALLERS: list[Callable[[Flask], None]] = [
    reading.install,
    origins.install,
    unchanged.install,
    unstorable.install,
    htmx.init_app,
    i18n.install,
    templating.install,
    errors.install,
    headers.install,
    compression.install,
    web_access.install,
    limits.install,
    access.install,
    oidc.install,
    oauth_server.install,
    oauth_api.install,
    backpack_api.install,
    xapi_api.install,
    health.install,
    announcements_views.install,
    badges_rooms.install,
    backpack_rooms.install,
    contests_rooms.install,
    deed_pictures.install,
    asks.install,
]
BLUEPRINTS: list[Blueprint] = [
    activities_api.blueprint,
    campaigns_api.blueprint,
    identity_api.blueprint,
    quests_api.blueprint,
    pages_programs.blueprint,
    pages_activities.blueprint,
    telling.blueprint,
    pages_deeds.blueprint,
    pages_feeds.blueprint,
    pages_comments.blueprint,
    pages_records.blueprint,
    content_reports.blueprint,
    unseen.blueprint,
    asks.blueprint,
    attendance.blueprint,
    pages_thanks.blueprint,
    pages_home.blueprint,
    pages_kinds.blueprint,
    pages_tags.blueprint,
    pages_profile.blueprint,
    pages_campaigns.blueprint,
    pages_reconciliation.blueprint,
    contests_api.blueprint,
    contests_rooms.blueprint,
    council.blueprint,
    pages_merges.blueprint,
    contest_flags.blueprint,
    contest_workshop.blueprint,
    badge_studio.blueprint,
    admin.blueprint,
    audit.blueprint,
    announcements_views.blueprint,
    badges_api.blueprint,
    badges_rooms.blueprint,
    backpack_rooms.blueprint,
    health.blueprint,
    identity_rooms.blueprint,
    inlets_api.blueprint,
    inlet_rooms.blueprint,
    feed_views.blueprint,
    leaderboards_api.blueprint,
    leaderboards_views.blueprint,
    media_views.blueprint,
    oauth_api.blueprint,
    backpack_api.blueprint,
    xapi_api.blueprint,
    quest_views.blueprint,
    webhooks_views.blueprint,
]
COMMANDS: list[Any] = [
    migrations,
    processes_cli.run, processes_cli.web, processes_cli.worker, processes_cli.scheduler, jobs_cli.jobs,
    badges_cli.badges, keys_cli.keys, activities_cli.activities, activities_cli.drain, activities_cli.check,
    activities_cli.rebuild, archive_cli.archive, verify_cli.verify, catalog_cli.catalog, contests_cli.contests, demo_cli.demo,
    identity_cli.member, identity_cli.token,
    inlets_cli.inlets, oauth_cli.programs,
]  # fmt: skip
JOBS: dict[str, Callable[..., Any]] = {
    "activities.follow_tag": activity_jobs.follow_tag,
    "activities.ask_deputies": activity_jobs.ask_deputies,
    "activities.tidy": activity_jobs.tidy,
    "backpack.look_again": backpack_jobs.look_again,
    "badges.backfill": badge_jobs.backfill,
    "badges.age": badge_jobs.age,
    "badges.judge": badge_jobs.judge,
    "badges.judge_holders": badge_jobs.judge_holders,
    "badges.ripen": badge_jobs.ripen,
    "badges.listen_for_silence": badge_jobs.listen_for_silence,
    "badges.look_at_member": badge_jobs.look_at_member,
    "badges.count_holders": badge_jobs.count_holders,
    "badges.recount": badge_jobs.recount,
    "campaigns.count_base": campaign_jobs.count_base,
    "campaigns.recount": campaign_jobs.recount,
    "contests.draw_roll": contest_jobs.draw_roll,
    "contests.move": contest_jobs.move,
    "contests.move_round": contest_jobs.move_round,
    "contests.remind": contest_jobs.remind,
    "contests.remind_due": contest_jobs.remind_due,
    "contests.tell_results": contest_jobs.tell_results,
    "identity.move_rest": identity_jobs.move_rest,
    "identity.suggest_merges": identity_jobs.suggest_merges,
    "identity.tidy": identity_jobs.tidy,
    "inlets.look": inlet_jobs.look,
    "inlets.match": inlet_jobs.match,
    "inlets.suggest": inlet_jobs.suggest,
    "inlets.tidy": inlet_jobs.tidy,
    "jobs.tidy": job_jobs.tidy,
    "leaderboards.count_crowded": leaderboard_jobs.count_crowded,
    "leaderboards.follow_wish": leaderboard_jobs.follow_wish,
    "leaderboards.sum_up_groups": leaderboard_jobs.sum_up_groups,
    "media.make_sizes": media_jobs.make_sizes,
    "media.sweep": media_jobs.sweep,
    "webhooks.tidy": webhook_jobs.tidy,
}
BELLS: dict[str, tuple[Callable[[], Any], Callable[[], bool]]] = {
    "activities.drain": (drain.drain_a_while, drain.waits),
    "announcements.send": (announcement_jobs.send, announcement_jobs.waits),
    "badges.sign": (badge_jobs.sign, badge_jobs.waits_to_sign),
    "webhooks.send": (webhook_jobs.send, webhook_jobs.waits),
}
"""Work whose record is a table of its own: what the bell runs, and how the sweep sees that something waits."""
DAY = 24 * 3600
TIMETABLE: list[tuple[str, int]] = [
    ("contests.move", 30), ("contests.remind_due", 600),
    ("campaigns.count_base", 600), ("media.sweep", 6 * 3600), ("leaderboards.sum_up_groups", 600),
    ("leaderboards.count_crowded", 3600), ("backpack.look_again", 3600), ("inlets.look", 300), ("badges.count_holders", 3600),
    ("identity.suggest_merges", DAY), ("jobs.tidy", DAY), ("identity.tidy", DAY), ("activities.tidy", DAY),
    ("activities.ask_deputies", 3600), ("webhooks.tidy", DAY), ("badges.age", DAY), ("badges.listen_for_silence", DAY),
    ("badges.ripen", DAY), ("inlets.suggest", DAY), ("inlets.tidy", DAY),
]  # fmt: skip
"""(job, seconds between two runs)"""
REACTIONS: list[drain.Reaction] = [considering.consider, flags.follow, leaderboards.restate, quests.advance, campaigns.advance,
                                   webhooks.follow]  # fmt: skip
"""What the drain calls with each batch of deeds, in this order."""
CHANGES: list[changes.ChangeReaction] = [badges_rebuild.reconsider, due.follow, leaderboards.follow, campaigns.follow,
                                         webhooks.follow_changes]  # fmt: skip
"""What is called in the transaction that withdraws, corrects or confirms deeds that were considered already."""

CHECKS: list[tuple[str, Callable[[], Iterator[dict[str, Any]]], Callable[[], dict[str, int]]]] = [
    ("quests", quests_rebuild.check, quests_rebuild.rebuild),
    ("contests", contests_rebuild.check, contests_rebuild.rebuild),
    ("badges", badges_rebuild.check, badges_rebuild.rebuild),
    ("credentials", credentials_rebuild.check, credentials_rebuild.rebuild),
    ("standings", leaderboards_rebuild.check, leaderboards_rebuild.rebuild),
    ("campaigns", campaigns_rebuild.check, campaigns_rebuild.rebuild),
]
"""(part, its differences from the log, how to make it anew); the commands `check` and `rebuild` walk this list."""

NAMES: dict[str, Callable[[Iterable[str]], dict[str, str]]] = {
    "quest": names.quests,
    "campaign": names.campaigns,
    "contest": names.contests,
}
"""From slugs to what people call the thing, for sentences about rules; by the sort of thing."""
MEMBER_CHANGED: list[Callable[[int], None]] = [people.member_changed, endorsing.author_changed, leaderboards.relist]
"""Called with a member's id in the transaction that changes their state or how they want to be seen."""

MERGES: dict[str, merging.Merger] = {
    "badges": badge_merging.merge_members,
    "quests": quest_merging.merge_members,
    "campaigns": campaign_merging.merge_members,
    "contests": contest_merging.merge_members,
    "backpack": backpack_merging.merge_members,
    "inlets": inlet_merging.merge_members,
    "webhooks": webhook_merging.merge_members,
    "announcements": announcement_merging.merge_members,
    "activities": activity_merging.merge_members,
}
"""What moves when two rows of one person become one, in this order: the log goes last, when no fact stands in it twice."""

MERGE_HOLDS: list[merging.Holder] = [
    contest_merging.hold_contests, merging_words.hold_spoken_for, inlet_merging.hold_what_comes_in,
]  # fmt: skip
"""What is held before the two rows are."""

MERGE_WAITS: list[merging.Waiter] = [activity_merging.wait_for_drains]
"""What is waited for once the two rows are held, and before anything is read."""

MERGE_CONCERNS: list[merging.Concern] = [merging.programs_let_in, activity_merging.concerned, badge_merging.concerned]
"""What a merge may change beside the rows that name one of the two."""

UNMERGES: dict[str, unmerging.Undoer] = {
    "badges": badge_merging.take_apart,
    "quests": quest_merging.take_apart,
    "campaigns": campaign_merging.take_apart,
    "contests": contest_unmerging.take_apart,
    "activities": activity_merging.take_apart,
}
"""What is done when two rows that became one are two again, beside giving each row back."""

DATES_CHANGED: list[Callable[[str], None]] = [considering.look_back_at_campaign, campaigns.count_goals_of]
"""Called with a campaign's slug in the transaction that sets its dates: rules that ask for deeds in its time mean others."""
LOOK_AGAIN: list[Callable[[int], None]] = [considering.look_at_member_later]
"""Called with a member's id when they may have earned something without a deed: a group, a wish."""

ADDRESS_CHANGED: list[Callable[[int], None]] = [due.sign_anew_of]
"""Called with a member's id in the transaction in which an issuer of logins tells another e-mail address of theirs."""


def connect(app: Flask) -> None:
    app.extensions["names"] = NAMES
    app.extensions["member_changed"] = MEMBER_CHANGED
    app.extensions["look_again"] = LOOK_AGAIN
    app.extensions["address_changed"] = ADDRESS_CHANGED
    app.extensions["merges"] = MERGES
    app.extensions["merge_holds"] = MERGE_HOLDS
    app.extensions["merge_waits"] = MERGE_WAITS
    app.extensions["merge_concerns"] = MERGE_CONCERNS
    app.extensions["unmerges"] = UNMERGES
    app.extensions["dates_changed"] = DATES_CHANGED
    app.extensions["spans"] = campaign_queries.spans
    app.extensions["jobs"] = JOBS
    app.extensions["bells"] = {bell: run for bell, (run, _waits) in BELLS.items()}
    app.extensions["watched"] = {bell: waits for bell, (_run, waits) in BELLS.items()}
    app.extensions["timetable"] = TIMETABLE
    app.extensions["reactions"] = REACTIONS
    app.extensions["changes"] = CHANGES
    app.extensions["checks"] = CHECKS
    for install in INSTALLERS:
        install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
