"""What is done behind the pages: jobs, bells, and what the clock asks for."""

from collections.abc import Callable
from typing import Any

from recognition.activities import drain
from recognition.activities import jobs as activity_jobs
from recognition.announcements import jobs as announcement_jobs
from recognition.backpack import jobs as backpack_jobs
from recognition.badges import jobs as badge_jobs
from recognition.campaigns import jobs as campaign_jobs
from recognition.contests import jobs as contest_jobs
from recognition.events import jobs as event_jobs
from recognition.identity import jobs as identity_jobs
from recognition.inlets import jobs as inlet_jobs
from recognition.jobs import jobs as job_jobs
from recognition.leaderboards import jobs as leaderboard_jobs
from recognition.media import jobs as media_jobs
from recognition.mentoring import jobs as mentoring_jobs
from recognition.metrics import jobs as metric_jobs
from recognition.news import jobs as news_jobs
from recognition.news.subscribing import jobs as subscriber_jobs
from recognition.objectives import jobs as objective_jobs
from recognition.pages import carrying, digest_jobs
from recognition.questions import jobs as question_jobs
from recognition.quests import counting_jobs as quest_counts
from recognition.quests import jobs as quest_jobs
from recognition.quiet import jobs as quiet_jobs
from recognition.roles import jobs as role_jobs
from recognition.surveys import jobs as survey_jobs
from recognition.teams import jobs as team_jobs
from recognition.webhooks import jobs as webhook_jobs

JOBS: dict[str, Callable[..., Any]] = {
    "activities.follow_tag": activity_jobs.follow_tag,
    "activities.ask_deputies": activity_jobs.ask_deputies,
    "activities.count_members": activity_jobs.count_members,
    "activities.count_members_of": activity_jobs.count_members_of,
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
    "campaigns.move": campaign_jobs.move,
    "campaigns.publish": campaign_jobs.publish,
    "campaigns.recount": campaign_jobs.recount,
    "campaigns.work_out": campaign_jobs.work_out,
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
    "pages.after_mentors": carrying.look,
    "pages.draft_month": digest_jobs.draft_month,
    "media.make_sizes": media_jobs.make_sizes,
    "media.sweep": media_jobs.sweep,
    "news.count": news_jobs.count,
    "news.count_reached": news_jobs.count_reached,
    "news.going_out": news_jobs.going_out,
    "news.hand_out": news_jobs.hand_out,
    "news.take_back": news_jobs.take_back,
    "metrics.roll_up": metric_jobs.roll_up,
    "metrics.count": metric_jobs.count,
    "events.remind_due": event_jobs.remind_due,
    "events.tell": event_jobs.tell,
    "events.tidy": event_jobs.tidy,
    "announcements.ask_terms": announcement_jobs.ask_terms,
    "objectives.look": objective_jobs.look,
    "questions.tell_voters": question_jobs.tell_voters,
    "mentoring.look": mentoring_jobs.look,
    "mentoring.pass_on": mentoring_jobs.pass_on,
    "quiet.look": quiet_jobs.look,
    "quests.count_steps": quest_counts.count_steps,
    "quests.end_try": quest_jobs.end_try,
    "quests.look_after_reviews": quest_jobs.look_after_reviews,
    "quests.move_on": quest_jobs.move_on,
    "roles.look": role_jobs.look,
    "roles.tell_holders": role_jobs.tell_holders,
    "teams.look": team_jobs.look,
    "surveys.draw_roll": survey_jobs.draw_roll,
    "surveys.move": survey_jobs.move,
    "surveys.move_survey": survey_jobs.move_survey,
    "surveys.remind_due": survey_jobs.remind_due,
    "surveys.sum_up": survey_jobs.sum_up,
    "surveys.tell": survey_jobs.tell,
    "webhooks.tidy": webhook_jobs.tidy,
}

BELLS: dict[str, tuple[Callable[[], Any], Callable[[], bool]]] = {
    "activities.drain": (drain.drain_a_while, drain.waits),
    "news.write_subscribers": (subscriber_jobs.write, subscriber_jobs.waits),
    "announcements.send": (announcement_jobs.send, announcement_jobs.waits),
    "badges.sign": (badge_jobs.sign, badge_jobs.waits_to_sign),
    "news.dispatch": (news_jobs.dispatch, news_jobs.dispatch_waits),
    "webhooks.send": (webhook_jobs.send, webhook_jobs.waits),
}
"""Work whose record is a table of its own: what the bell runs, and how the sweep sees that something waits."""

DAY = 24 * 3600

TIMETABLE: list[tuple[str, int]] = [
    ("surveys.move", 30),
    ("surveys.remind_due", 600),
    ("news.going_out", 30),
    ("news.count", 3600),
    ("news.count_reached", DAY),
    ("contests.move", 30),
    ("objectives.look", 600),
    ("announcements.ask_terms", DAY),
    ("events.remind_due", 600),
    ("events.tidy", DAY),
    ("contests.remind_due", 600),
    ("campaigns.count_base", 600),
    ("campaigns.move", 30),
    ("media.sweep", 6 * 3600),
    ("leaderboards.sum_up_groups", 600),
    ("leaderboards.count_crowded", 3600),
    ("backpack.look_again", 3600),
    ("inlets.look", 300),
    ("badges.count_holders", 3600),
    ("identity.suggest_merges", DAY),
    ("jobs.tidy", DAY),
    ("pages.after_mentors", DAY),
    ("pages.draft_month", DAY),
    ("identity.tidy", DAY),
    ("activities.tidy", DAY),
    ("activities.count_members", DAY),
    ("activities.ask_deputies", 3600),
    ("webhooks.tidy", DAY),
    ("badges.age", DAY),
    ("badges.listen_for_silence", DAY),
    ("quests.look_after_reviews", 3600),
    ("quests.count_steps", 3600),
    ("badges.ripen", DAY),
    ("metrics.roll_up", DAY),
    ("inlets.suggest", DAY),
    ("inlets.tidy", DAY),
    ("quiet.look", DAY),
    ("mentoring.look", DAY),
    ("roles.look", 3600),
    ("mentoring.pass_on", 3600),
    ("teams.look", 3600),
]
"""(job, seconds between two runs)"""
