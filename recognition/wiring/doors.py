"""How the program is reached: what stands before every request, its pages and interfaces, its commands."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from flask_migrate.cli import db as migrations

from recognition import i18n, tongues
from recognition.activities import api as activities_api
from recognition.activities import cli as activities_cli
from recognition.announcements import cli as announcement_cli
from recognition.announcements import views as announcements_views
from recognition.archive import cli as archive_cli
from recognition.backpack.api import rooms as backpack_api
from recognition.backpack.views import rooms as backpack_rooms
from recognition.badges import api as badges_api
from recognition.badges import cli as badges_cli
from recognition.badges.portable import cli as keys_cli
from recognition.badges.portable import verify_cli
from recognition.badges.views import rooms as badges_rooms
from recognition.campaigns import api as campaigns_api
from recognition.catalog import cli as catalog_cli
from recognition.catalog.bundles import cli as bundles_cli
from recognition.contests import api as contests_api
from recognition.contests import cli as contests_cli
from recognition.contests.views import rooms as contests_rooms
from recognition.demo import cli as demo_cli
from recognition.identity import access, oidc
from recognition.identity import api as identity_api
from recognition.identity import cli as identity_cli
from recognition.identity.oauth import api as oauth_api
from recognition.identity.oauth import cli as oauth_cli
from recognition.identity.oauth import server as oauth_server
from recognition.identity.views import rooms as identity_rooms
from recognition.inlets import api as inlets_api
from recognition.inlets import cli as inlets_cli
from recognition.inlets.views import feeds as feed_views
from recognition.inlets.views import rooms as inlet_rooms
from recognition.inlets.xapi import api as xapi_api
from recognition.jobs import cli as jobs_cli
from recognition.leaderboards import api as leaderboards_api
from recognition.leaderboards import views as leaderboards_views
from recognition.media import views as media_views
from recognition.mentoring.views import rooms as mentoring_rooms
from recognition.news import views as news_views
from recognition.news.subscribing import views as subscribing_views
from recognition.objectives.views import rooms as objectives_rooms
from recognition.pages import activities as pages_activities
from recognition.pages import (
    admin,
    asks,
    attendance,
    audit,
    campaign_kit,
    carried,
    content_reports,
    contest_flags,
    council,
    deed_pictures,
    event_desk,
    follows,
    group_members,
    group_roster,
    locks,
    mail_settings,
    openings,
    resource_desk,
    staff,
    staying_in_touch,
    team,
    team_roles,
    telling,
    unseen,
)
from recognition.pages import campaigns as pages_campaigns
from recognition.pages import comments as pages_comments
from recognition.pages import deeds as pages_deeds
from recognition.pages import events as pages_events
from recognition.pages import feeds as pages_feeds
from recognition.pages import home as pages_home
from recognition.pages import kinds as pages_kinds
from recognition.pages import merges as pages_merges
from recognition.pages import profile as pages_profile
from recognition.pages import programs as pages_programs
from recognition.pages import questions as pages_questions
from recognition.pages import reconciliation as pages_reconciliation
from recognition.pages import records as pages_records
from recognition.pages import resources as pages_resources
from recognition.pages import roles as pages_roles
from recognition.pages import tags as pages_tags
from recognition.pages import terms as pages_terms
from recognition.pages import thanks as pages_thanks
from recognition.pages import vouches as pages_vouches
from recognition.pages.badge_studio import rooms as badge_studio
from recognition.pages.campaign_studio import rooms as campaign_studio
from recognition.pages.contest_workshop import rooms as contest_workshop
from recognition.pages.dashboards import rooms as dashboards
from recognition.pages.news_desk import places as news_channels
from recognition.pages.news_desk import rooms as news_desk
from recognition.pages.quest_studio import pictures as quest_pictures
from recognition.pages.quest_studio import rooms as quest_studio
from recognition.pages.role_desk import rooms as role_desk
from recognition.pages.survey_studio import rooms as survey_studio
from recognition.processes import cli as processes_cli
from recognition.quests import api as quests_api
from recognition.quests.views import rooms as quest_views
from recognition.quiet.views import rooms as quiet_rooms
from recognition.surveys import cli as surveys_cli
from recognition.surveys.views import rooms as survey_rooms
from recognition.web import access as web_access
from recognition.web import (
    compression,
    errors,
    headers,
    health,
    illustrated,
    limits,
    origins,
    reading,
    templating,
    unchanged,
    unstorable,
)
from recognition.web.htmx import htmx
from recognition.webhooks import views as webhooks_views

INSTALLERS: list[Callable[[Flask], None]] = [
    reading.install,
    origins.install,
    unchanged.install,
    unstorable.install,
    htmx.init_app,
    i18n.install,
    templating.install,
    tongues.install,
    illustrated.install,
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
    quest_pictures.install,
    asks.install,
    follows.install,
    identity_rooms.install,
    group_members.install,
]

BLUEPRINTS: list[Blueprint] = [
    activities_api.blueprint,
    campaigns_api.blueprint,
    identity_api.blueprint,
    quests_api.blueprint,
    pages_programs.blueprint,
    pages_questions.blueprint,
    pages_terms.blueprint,
    pages_roles.blueprint,
    team.blueprint,
    team_roles.blueprint,
    openings.blueprint,
    role_desk.blueprint,
    pages_resources.blueprint,
    resource_desk.blueprint,
    event_desk.blueprint,
    carried.blueprint,
    pages_events.blueprint,
    objectives_rooms.blueprint,
    pages_activities.blueprint,
    telling.blueprint,
    pages_deeds.blueprint,
    pages_feeds.blueprint,
    pages_comments.blueprint,
    pages_records.blueprint,
    content_reports.blueprint,
    unseen.blueprint,
    locks.blueprint,
    staying_in_touch.blueprint,
    staff.blueprint,
    asks.blueprint,
    attendance.blueprint,
    pages_thanks.blueprint,
    pages_home.blueprint,
    pages_kinds.blueprint,
    pages_tags.blueprint,
    pages_profile.blueprint,
    pages_vouches.blueprint,
    pages_campaigns.blueprint,
    campaign_kit.blueprint,
    pages_reconciliation.blueprint,
    contests_api.blueprint,
    contests_rooms.blueprint,
    council.blueprint,
    campaign_studio.blueprint,
    pages_merges.blueprint,
    contest_flags.blueprint,
    contest_workshop.blueprint,
    badge_studio.blueprint,
    dashboards.blueprint,
    quest_studio.blueprint,
    admin.blueprint,
    audit.blueprint,
    announcements_views.blueprint,
    mail_settings.blueprint,
    follows.blueprint,
    group_members.blueprint,
    group_roster.blueprint,
    subscribing_views.blueprint,
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
    news_views.blueprint,
    news_desk.blueprint,
    news_channels.blueprint,
    oauth_api.blueprint,
    backpack_api.blueprint,
    xapi_api.blueprint,
    quest_views.blueprint,
    quiet_rooms.blueprint,
    mentoring_rooms.blueprint,
    survey_rooms.blueprint,
    survey_studio.blueprint,
    webhooks_views.blueprint,
]

COMMANDS: list[Any] = [
    migrations,
    processes_cli.run, processes_cli.web, processes_cli.worker, processes_cli.scheduler, jobs_cli.jobs,
    badges_cli.badges, keys_cli.keys, activities_cli.activities, activities_cli.drain, activities_cli.check,
    activities_cli.rebuild, archive_cli.archive, verify_cli.verify, catalog_cli.catalog, bundles_cli.campaigns,
    contests_cli.contests, demo_cli.demo,
    identity_cli.member, identity_cli.token, announcement_cli.mail,
    inlets_cli.inlets, oauth_cli.programs, surveys_cli.surveys,
]  # fmt: skip
