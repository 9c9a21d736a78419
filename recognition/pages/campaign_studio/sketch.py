"""A campaign that nobody saved yet: its poster, its goal in words with how many are there today, and whether it comes in
time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from recognition.activities import audience
from recognition.activities.criteria.describe import describe
from recognition.activities.criteria.parse import parse
from recognition.badges.words import names_for
from recognition.campaigns.forms import Written, publish_moment
from recognition.campaigns.models import Campaign
from recognition.campaigns.rules import CampaignSpec, first_kind_day, is_short_notice


@dataclass(frozen=True)
class Sketch:
    """`sentence`: what it takes to be counted; `there`: how many are there today, in words; `late`: that it is short notice,
    with the nearest day that is not, in `kind_day`."""

    spec: CampaignSpec | None
    title: str
    missing: list[str]
    sentence: str = ""
    there: str = ""
    late: str = ""
    kind_day: date | None = None

    @property
    def last_day(self) -> datetime | None:
        return self.spec.ends_at - timedelta(seconds=1) if self.spec else None


def sketch(draft: Written, campaign: Campaign | None, now: datetime) -> Sketch:
    spec, title = draft.spec, draft.values["title"].strip()
    if spec is None:
        return Sketch(None, title, list(dict.fromkeys(draft.errors.values())))
    if campaign is not None and campaign.published_at is not None:
        late, kind_day = heard_late(spec, campaign.published_at), None
    else:
        late, kind_day = lateness(spec, heard_at(draft, now))
    return Sketch(spec, title, [], goal_words(spec), there_words(spec, now), late, kind_day)


def heard_late(spec: CampaignSpec, told_at: datetime) -> str:
    """Of one that is out."""
    if not is_short_notice(spec.starts_at, told_at, spec.lead_days):
        return ""
    return ngettext("People heard of it %(num)d day before it began, so its poster says “short notice”.",
                    "People heard of it %(num)d days before it began, so its poster says “short notice”.",
                    max(0, (spec.starts_at - told_at).days))  # fmt: skip


def heard_at(draft: Written, now: datetime) -> datetime:
    """When people would hear of it."""
    planned = publish_moment(draft.values["publish_at"])
    return max(planned, now) if planned else now


def lateness(spec: CampaignSpec, told_at: datetime) -> tuple[str, date | None]:
    if not is_short_notice(spec.starts_at, told_at, spec.lead_days):
        return "", None
    days = max(0, (spec.starts_at - told_at).days)
    kind_day = first_kind_day(told_at, spec.lead_days)
    words = ngettext("People would hear of it %(num)d day before it begins, and we agreed on %(lead)s.",
                     "People would hear of it %(num)d days before it begins, and we agreed on %(lead)s.", days,
                     lead=spec.lead_days)  # fmt: skip
    more = _("Its poster says “short notice” then. From %(day)s on it would not.", day=format_date(kind_day, "d MMM y"))
    return f"{words} {more}", kind_day


def goal_words(spec: CampaignSpec) -> str:
    if spec.goal_criteria is None:
        return ""
    criteria = parse(spec.goal_criteria)
    return describe(criteria, names_for([criteria]))


def there_words(spec: CampaignSpec, now: datetime) -> str:
    """To the nearest five, by what every member may see; few are told as few, be they nobody."""
    if spec.goal_criteria is None:
        return ""
    found = audience.count(spec.goal_criteria, now, states=("active",))
    if found.told is None:
        return str(_("Today fewer than five people are there, perhaps nobody yet."))
    if found.is_nearly_all:
        return str(_("Today nearly all of us are there."))
    return str(_("Today about %(number)s people are there.", number=found.told))
