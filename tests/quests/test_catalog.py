"""Files in, files out: all or nothing, progress kept, nothing lost on the way."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import recognition
from recognition.extensions import db
from recognition.quests.catalog import BadFile, export, load
from recognition.quests.models import Quest, Step, StepListener

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REAL = Path(recognition.__file__).parent / "catalog" / "mdm" / "quests"

READ = '[[steps]]\nslug = "words"\nkind = "read"\ntitle = "Words"\nminutes = 2\nfile = "01-words.md"\n'
DO = (
    '[[steps]]\nslug = "deed"\nkind = "do"\ntitle = "A deed"\nminutes = 5\nprompt = "Do it."\ntag = "did-it"\n'
    '[steps.proof]\ncount = { tags_any = ["did-it"], kind = ["talk", "other"] }\nat_least = 1\n'
)
QUIZ = (
    '[[steps]]\nslug = "quiz"\nkind = "quiz"\ntitle = "Quiz"\nminutes = 1\npass_mark = 0.5\n'
    '[[steps.questions]]\nask = "How many?"\nright = "Three"\nwrong = ["One", "Two"]\nhint = "Count."\nwhy = "So."\n'
)


def sheet(slug: str, steps: str = READ, head: str = "") -> str:
    plain = f'slug = "{slug}"\ntitle = "The {slug}"\nsummary = "About it."\nfamily = "making"\nminutes = 9\nposition = 1\n'
    return plain + head + "\n" + steps


def write(folder: Path, slug: str, text: str | None = None, words: str = "Some *words*.\n") -> None:
    place = folder / slug
    place.mkdir(parents=True, exist_ok=True)
    (place / "quest.toml").write_text(text or sheet(slug), encoding="utf-8")
    (place / "01-words.md").write_text(words, encoding="utf-8")


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_real_quests_load_and_come_out_the_same(app: Any, tmp_path: Path) -> None:
    slugs = load(REAL, NOW)
    assert slugs == sorted(path.parent.name for path in REAL.glob("*/quest.toml"))
    assert export(tmp_path / "first") == slugs
    for quest in db.session.scalars(sa.select(Quest)).all():
        db.session.delete(quest)
    db.session.flush()
    assert load(tmp_path / "first", NOW) == slugs
    export(tmp_path / "second")
    assert tree(tmp_path / "first") == tree(tmp_path / "second")
    texts = {name: text.strip() for name, text in tree(REAL).items() if name.endswith(".md")}
    assert {name: text.strip() for name, text in tree(tmp_path / "first").items() if name.endswith(".md")} == texts


def test_a_do_step_is_listened_for(app: Any, tmp_path: Path) -> None:
    write(tmp_path, "one", sheet("one", READ + DO))
    load(tmp_path, NOW)
    load(tmp_path, NOW)
    assert sorted(db.session.scalars(sa.select(StepListener.kind))) == ["other", "talk"]


def test_the_same_files_again_change_nothing_and_others_are_a_new_version(app: Any, tmp_path: Path) -> None:
    write(tmp_path, "one", sheet("one", READ + DO))
    load(tmp_path, NOW)
    first = db.session.scalars(sa.select(Step.id)).all()
    load(tmp_path, NOW)
    assert db.session.scalars(sa.select(Step.id)).all() == first
    write(tmp_path, "one", sheet("one", QUIZ + READ), "Other words.")
    load(tmp_path, NOW)
    quest = db.session.scalars(sa.select(Quest)).one()
    assert [(step.slug, step.version, step.body) for step in quest.steps] == [("quiz", 2, ""), ("words", 2, "Other words.")]
    kept = sa.select(Step.slug, Step.body).where(Step.version == 1).order_by(Step.position)
    assert [tuple(row) for row in db.session.execute(kept)] == [("words", "Some *words*."), ("deed", "")]


def test_a_quest_that_rests_goes_on_resting(app: Any, tmp_path: Path) -> None:
    write(tmp_path, "one")
    load(tmp_path, NOW)
    quest = db.session.scalars(sa.select(Quest)).one()
    quest.state = "retired"
    load(tmp_path, NOW)
    write(tmp_path, "one", words="Other words.")
    load(tmp_path, NOW)
    assert (quest.state, quest.version) == ("retired", 2)


QUESTION = QUIZ[QUIZ.index("[[steps.q") :]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("slug = ", "bad/quest.toml: "),
        (sheet("other"), "bad/quest.toml: slug: “other” differs from its folder “bad”"),
        (sheet("bad", ""), "bad/quest.toml: steps: needs 1 to 50 of them"),
        (sheet("bad", READ, 'colour = "red"'), "bad/quest.toml: colour: is not known here"),
        (
            sheet("bad", READ, "map = [8, 101]"),
            "bad/quest.toml: map: needs two whole numbers from 0 to 100, such as [8, 50]",
        ),
        (sheet("bad").replace("making", "sleeping"), "bad/quest.toml: family: needs one of "),
        (
            sheet("bad").replace("minutes = 9", 'minutes = "9"'),
            "bad/quest.toml: minutes: needs a whole number from 1 to 1000",
        ),
        (sheet("bad", READ + READ), "bad/quest.toml: steps[1].slug: “words” stands there twice"),
        (
            sheet("bad", READ.replace("read", "dream")),
            "bad/quest.toml: steps[0].kind: needs one of read, quiz, reflect, do",
        ),
        (
            sheet("bad", READ.replace("words", "done", 1)),
            "bad/quest.toml: steps[0].slug: “done” has a meaning of its own",
        ),
        (sheet("bad", READ.replace("01-words", "02-gone")), "bad/quest.toml: steps[0].file: 02-gone.md cannot be read"),
        (sheet("bad", READ.replace("01-", "../one/01-")), "bad/quest.toml: steps[0].file: needs the plain name"),
        (sheet("bad", READ + "prompt = 1\n"), "bad/quest.toml: steps[0].prompt: is not known here"),
        (
            sheet("bad", QUIZ.replace('"Three"', '"One"')),
            "bad/quest.toml: steps[0].questions[0].wrong: offers the same words",
        ),
        (sheet("bad", QUIZ.replace("0.5", "2")), "bad/quest.toml: steps[0].pass_mark: needs a share"),
        (sheet("bad", QUIZ + QUESTION), "bad/quest.toml: steps[0].questions[1].ask: is asked twice"),
        (sheet("bad", QUIZ.replace('hint = "Count."\n', "")), "bad/quest.toml: steps[0].questions[0].hint: is missing"),
        (
            sheet("bad", DO.replace("tags_any", "tags")),
            "bad/quest.toml: steps[0].proof.count.tags: is not a condition we know",
        ),
        (sheet("bad", DO.replace("at_least = 1", "")), "bad/quest.toml: steps[0].proof.at_least: needs a whole number"),
        (sheet("bad", READ, 'requires = { finished = "gone" }'), "bad/quest.toml: requires: there is no quest “gone”"),
        (
            sheet("bad", READ, 'requires = { any = [{ finished = "one" }, { finished = "bad" }] }'),
            "bad/quest.toml: requires: these quests wait for each other: bad → bad",
        ),
    ],
)
def test_a_fault_names_file_and_place_and_nothing_is_stored(app: Any, tmp_path: Path, text: str, fault: str) -> None:
    write(tmp_path, "one")
    write(tmp_path, "bad", text)
    with pytest.raises(BadFile) as raised:
        load(tmp_path, NOW)
    assert str(raised.value).startswith(fault)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Quest)) == 0


def test_a_cycle_through_quests_that_are_stored_is_named_whole(app: Any, tmp_path: Path) -> None:
    write(tmp_path / "old", "one")
    write(tmp_path / "old", "two", sheet("two", READ, 'requires = { finished = "one" }'))
    load(tmp_path / "old", NOW)
    write(tmp_path / "new", "one", sheet("one", READ, 'requires = { finished = "two" }'))
    with pytest.raises(BadFile, match="one → two → one"):
        load(tmp_path / "new", NOW)


def test_all_faulty_files_are_named_at_once(app: Any, tmp_path: Path) -> None:
    write(tmp_path, "one", sheet("one", ""))
    write(tmp_path, "two", sheet("two", ""))
    with pytest.raises(BadFile) as raised:
        load(tmp_path, NOW)
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == ["one/quest.toml", "two/quest.toml"]
