"""What each package does when two rows of one person become one, and two again."""

from recognition.activities import merging as activity_merging
from recognition.announcements import merging as announcement_merging
from recognition.backpack import merging as backpack_merging
from recognition.badges.services import merging as badge_merging
from recognition.badges.services import merging_words
from recognition.campaigns import merging as campaign_merging
from recognition.contests import merging as contest_merging
from recognition.contests import unmerging as contest_unmerging
from recognition.events import merging as event_merging
from recognition.identity.services import merging, unmerging
from recognition.inlets import merging as inlet_merging
from recognition.mentoring import merging as mentoring_merging
from recognition.news import merging as news_merging
from recognition.objectives import merging as objective_merging
from recognition.questions import merging as question_merging
from recognition.quests import merging as quest_merging
from recognition.quiet import merging as quiet_merging
from recognition.resources import merging as resource_merging
from recognition.roles import merging as role_merging
from recognition.surveys import merging as survey_merging
from recognition.teams import merging as team_merging
from recognition.vouching import merging as vouching_merging
from recognition.webhooks import merging as webhook_merging

MERGES: dict[str, merging.Merger] = {
    "badges": badge_merging.merge_members,
    "quests": quest_merging.merge_members,
    "campaigns": campaign_merging.merge_members,
    "contests": contest_merging.merge_members,
    "backpack": backpack_merging.merge_members,
    "inlets": inlet_merging.merge_members,
    "webhooks": webhook_merging.merge_members,
    "questions": question_merging.merge_members,
    "events": event_merging.merge_members,
    "objectives": objective_merging.merge_members,
    "quiet": quiet_merging.merge_members,
    "mentoring": mentoring_merging.merge_members,
    "announcements": announcement_merging.merge_members,
    "news": news_merging.merge_members,
    "surveys": survey_merging.merge_members,
    "roles": role_merging.merge_members,
    "resources": resource_merging.merge_members,
    "teams": team_merging.merge_members,
    "vouching": vouching_merging.merge_members,
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
    "questions": question_merging.take_apart,
    "events": event_merging.take_apart,
    "surveys": survey_merging.take_apart,
    "activities": activity_merging.take_apart,
}
"""What is done when two rows that became one are two again, beside giving each row back."""
