"""One file each, of every shape we know of: what becomes of it, or why it stays behind. The samples are our own."""

from textwrap import dedent, indent

import pytest

from recognition.catalog.fedora.reading import File, Refused, load
from recognition.catalog.fedora.rules import convert
from recognition.catalog.fedora.topics import all_of

QUERY = "criteria.datanommer"
HEAD = "name: Bread Baker\ndescription: Baked bread.\ncreator: mira\ndiscussion: https://example.org/42\nissuer_id: bakery\n"
KNOWN = ("oven.bread.bake", "oven.cake.bake", "shop.bread.sell", "mill.corn.grind", "village.mill.corn.grind")


def converted(rule: str) -> "tuple[dict, tuple[str, ...]]":
    data = load(HEAD + dedent(rule))
    draft = convert(File("bread-baker.yml", data), "bread-baker", all_of([data], KNOWN))
    return dict(draft.criteria), draft.notes


def counting(
    condition: str = "greater than or equal to: 5", users: str = '["%(msg.agent)s"]', topics: str = '["%(topic)s"]'
) -> str:
    return (
        "criteria:\n  datanommer:\n    filter:\n"
        + (f"      topics: {topics}\n" if topics else "")
        + (f"      users: {users}\n" if users else "")
        + f"    operation: count\n    condition:\n      {condition}\n"
    )


def of(*kinds: str, **more: object) -> dict:
    return {"repeats": "all", "kind": sorted(kinds), **more}


BAKE = "trigger: {topic: org.example.prod.oven.bread.bake}\n"
FIVE = {"count": of("oven.bread.bake"), "at_least": 5}
ONE = {"count": of("oven.bread.bake"), "at_least": 1}
GIVEN = 'recipient: "%(msg.agent)s"\n'

SAID = {
    "five of the topic that came": (BAKE + counting() + GIVEN, FIVE),
    "a topic by its name": (BAKE + counting(topics="[org.example.prod.oven.bread.bake]") + GIVEN, FIVE),
    "old braces": (BAKE + counting(users='["{msg.agent}"]', topics='["{topic}"]') + 'recipient_key: "{msg.agent}"\n', FIVE),
    "newer files": (
        BAKE
        + "previous:\n  filter:\n    topics: [message.topic]\n    users: [recipient]\n    rows_per_page: 0\n  operation: count\n"
        "condition:\n  greater than or equal to: 5\nrecipient: message.agent_name\n",
        FIVE,
    ),
    "newer files, nothing before": (BAKE, ONE),
    "newer files, no condition": (
        BAKE + 'previous: {filter: {topics: [message.topic], users: [\'message.body["user"]["name"]\']}, operation: count}\n'
        'recipient: message.body["user"]["name"]\n',
        ONE,
    ),
    "the condition as one line": (
        BAKE + "previous: {filter: {topics: [message.topic], users: [recipient]}}\ncondition: '>= 5'\n",
        FIVE,
    ),
    "the condition in words": (
        BAKE + "previous: {filter: {topics: [message.topic], users: [recipient]}}\ncondition: 'greater than or equal to: 5'\n",
        FIVE,
    ),
    "more than four": (BAKE + counting("is greater than: 4") + GIVEN, FIVE),
    "exactly five": (BAKE + counting("equal to: 5") + GIVEN, FIVE),
    "five as a fraction": (BAKE + counting("greater than or equal to: 5.0") + GIVEN, FIVE),
    "a lambda that compares": (BAKE + counting('lambda: "value >= 5"') + GIVEN, FIVE),
    "a lambda the other way round": (BAKE + counting('lambda: "4 < value"') + GIVEN, FIVE),
    "a lambda that is exact": (BAKE + counting('lambda: "value == 5"') + GIVEN, FIVE),
    "none at all is met by one": (BAKE + counting("greater than or equal to: 0") + GIVEN, ONE),
    "one, of whomever": (BAKE + counting("greater than or equal to: 1", users="") + GIVEN, ONE),
    "no recipient": (BAKE + counting(), FIVE),
    "nicknames looked up": (BAKE + counting() + GIVEN + "recipient_nick2fas: Yes\n", FIVE),
    "two topics, five of the same": (
        "trigger: {any: [{topic: oven.bread.bake}, {topic: oven.cake.bake}]}\n" + counting() + GIVEN,
        {"any": [FIVE, {"count": of("oven.cake.bake"), "at_least": 5}]},
    ),
    "two topics, one of either": (
        "trigger: {topic: [oven.bread.bake, oven.cake.bake]}\n" + counting("greater than: 0") + GIVEN,
        {"count": of("oven.bread.bake", "oven.cake.bake"), "at_least": 1},
    ),
    "a category": (
        "trigger: {category: oven}\n" + counting(topics="[oven.bread.bake, oven.cake.bake]") + GIVEN,
        {"count": of("oven.bread.bake", "oven.cake.bake"), "at_least": 5},
    ),
    "a category without a topic": (
        "trigger: {all: [{category: {any: [oven, shop]}}, {not: {topic: oven.cake.bake}}]}\n"
        + counting("greater than: 0")
        + GIVEN,
        {"count": of("oven.bread.bake", "shop.bread.sell"), "at_least": 1},
    ),
    "another category is counted": (
        BAKE + "criteria: {datanommer: {filter: {categories: [oven], users: ['%(msg.agent)s']}, operation: count, "
        "condition: {greater than or equal to: 9}}}\n" + GIVEN,
        {"all": [{"count": of("oven.bread.bake", "oven.cake.bake"), "at_least": 9}, ONE]},
    ),
    "all but one topic": (
        BAKE + "criteria: {datanommer: {filter: {categories: [oven], not_topics: [oven.cake.bake], users: ['%(msg.agent)s']}, "
        "operation: count, condition: {greater than or equal to: 5}}}\n" + GIVEN,
        FIVE,
    ),
    "deeds of any kind": (
        BAKE + counting(topics="") + GIVEN,
        {"all": [{"count": {"repeats": "all"}, "at_least": 5}, ONE]},
    ),
    "another topic is counted": (
        BAKE + counting(topics="[shop.bread.sell]") + GIVEN,
        {"all": [{"count": of("shop.bread.sell"), "at_least": 5}, ONE]},
    ),
    "two counts": (
        BAKE
        + "criteria:\n  all:\n"
        + "".join(
            f"  - datanommer: {{filter: {{topics: [{t}], users: ['%(msg.agent)s']}}, operation: count, condition: {{'>=': 5}}}}\n"
            for t in ("oven.bread.bake", "shop.bread.sell")
        )
        + GIVEN,
        {"all": [FIVE, {"all": [{"count": of("shop.bread.sell"), "at_least": 5}, ONE]}]},
    ),
    "criteria without a backend's name": (
        BAKE
        + "criteria: {filter: {topics: ['%(topic)s'], users: ['%(msg.agent)s']}, operation: count, condition: {'>=': 5}}\n"
        + GIVEN,
        FIVE,
    ),
    "a field of the message": (
        "trigger:\n  all:\n  - topic: oven.bread.bake\n  - lambda: msg.get('msg', {}).get('state', None) is 1\n"
        + counting("greater than: 0")
        + GIVEN,
        {"count": of("oven.bread.bake", fields={"data.state": {"is": [1]}}), "at_least": 1},
    ),
    "a field counted too": (
        "trigger:\n  all:\n  - topic: oven.bread.bake\n  - lambda: message.body['loaf']['size'] >= 3\n"
        + counting().replace(
            "operation: count", "operation: {lambda: \"len([m for m in query.all() if m.msg['loaf']['size'] >= 3])\"}"
        )
        + GIVEN,
        {"count": of("oven.bread.bake", fields={"data.loaf_size": {"at_least": 3}}), "at_least": 5},
    ),
    "a field that only sets it off": (
        "trigger: {all: [{topic: oven.bread.bake}, {lambda: \"'rye' == msg['msg']['flour']\"}]}\n" + counting() + GIVEN,
        {"all": [FIVE, {"count": of("oven.bread.bake", fields={"data.flour": {"is": ["rye"]}}), "at_least": 1}]},
    ),
    "an operation that counts": (
        BAKE + counting().replace("operation: count", 'operation: {lambda: "query.count()"}') + GIVEN,
        FIVE,
    ),
    "an operation that sums ones": (
        BAKE + counting().replace("operation: count", 'operation: {lambda: "sum(1 for m in query.all())"}') + GIVEN,
        FIVE,
    ),
    "somebody with a name": (
        "trigger:\n  all:\n  - topic: oven.bread.bake\n  - lambda: not msg.get('user', {}).get('anonymous', True)\n"
        + counting()
        + GIVEN,
        FIVE,
    ),
    "a topic told by a lambda": (
        "trigger: {lambda: \"message.topic.endswith('oven.bread.bake')\"}\n" + counting() + GIVEN,
        FIVE,
    ),
    "the end of two topics": (
        "trigger: {topic: mill.corn.grind}\n" + counting("greater than: 0") + GIVEN,
        {"count": of("mill.corn.grind", "village.mill.corn.grind"), "at_least": 1},
    ),
    "a badge for badges": (
        "trigger: {topic: fedbadges.badge.award}\n"
        + counting("greater than or equal to: 50", users='["%(msg.user.username)s"]')
        + 'recipient: "%(msg.user.username)s"\n',
        {"count": of("badge.awarded"), "at_least": 50},
    ),
    "between two days": (
        BAKE + counting().replace("      users", "      start: 2025-12-01\n      end: 2026-01-01\n      users") + GIVEN,
        {"count": of("oven.bread.bake", window={"from": "2025-12-01", "until": "2025-12-31"}), "at_least": 5},
    ),
}

REFUSED = {
    "code in a trigger": (
        "trigger: {lambda: \"__import__('os').system('touch /tmp/never')\"}\n" + counting(),
        "trigger.lambda: is code",
    ),
    "something negative in a trigger": (
        "trigger: {all: [{topic: oven.bread.bake}, {lambda: \"not msg['msg']['burnt']\"}]}\n" + counting(),
        "trigger.all[1].lambda: is code",
    ),
    "code in a condition": (BAKE + counting('lambda: "value & (value - 1) == 0"') + GIVEN, f"{QUERY}.condition.lambda: is code"),
    "code in an operation": (
        BAKE + counting().replace("operation: count", 'operation: {lambda: "len(set(query.all()))"}') + GIVEN,
        f"{QUERY}.operation: is code",
    ),
    "code in users": (BAKE + counting(users='["lambda: everyone()"]') + GIVEN, "users: is code"),
    "code in a topic": (BAKE + counting(topics='["%(msg.place)s.bake"]') + GIVEN, f"{QUERY}.filter.topics: is code"),
    "less than": (BAKE + counting("less than: 5") + GIVEN, f"{QUERY}.condition: “less than 5” ends when more is done"),
    "is not": (BAKE + counting("is not: 5") + GIVEN, f"{QUERY}.condition: “not 5” ends when more is done"),
    "an unknown comparison": (BAKE + counting("about: 5") + GIVEN, f"{QUERY}.condition: 'about' is not a comparison"),
    "two comparisons": (BAKE + counting("greater than: 5\n      less than: 9") + GIVEN, f"{QUERY}.condition: needs one"),
    "half a deed": (BAKE + counting("greater than: 2.5") + GIVEN, f"{QUERY}.condition: needs a whole number"),
    "endlessly many": (BAKE + counting("greater than: .inf") + GIVEN, f"{QUERY}.condition: needs a whole number"),
    "a million and more": (BAKE + counting("greater than: 1000000") + GIVEN, f"{QUERY}.condition: asks for more than 1,000,000"),
    "a number as long as a page": (
        BAKE + counting("greater than: " + "9" * 3000) + GIVEN,
        f"{QUERY}.condition: needs a whole number",
    ),
    "exactly none": (BAKE + counting("equal to: 0") + GIVEN, f"{QUERY}.condition: asks for none at all"),
    "everybody together": (BAKE + counting(users="") + GIVEN, "it counts the deeds of everybody together"),
    "somebody else's deeds": (
        BAKE + counting(users='["%(msg.owner)s"]') + GIVEN,
        "users: counts the deeds of msg.owner, but the badge goes to msg.agent",
    ),
    "several recipients": (
        BAKE + counting() + 'recipient: ["%(msg.agent)s", "%(msg.owner)s"]\n',
        "recipient: names several people",
    ),
    "those who were there": (BAKE + counting() + 'recipient: "%(msg.guests)s"\n', "recipient: msg.guests may be somebody else"),
    "the owner of what is talked about": (
        "trigger: {topic: oven.bread.comment}\n" + counting() + 'recipient: "%(msg.owner)s"\n',
        "recipient: with oven.bread.comment, msg.owner may be somebody else",
    ),
    "taken into a group": (
        "trigger: {topic: village.member.add}\n" + counting() + 'recipient: "%(msg.user)s"\n',
        "recipient: with village.member.add, msg.user may be somebody else than the one who acted; for belonging to a group, ",
    ),
    "two recipients' keys": (BAKE + counting() + GIVEN + 'recipient_key: "{msg.agent}"\n', "recipient: stands there twice"),
    "an unknown category": ("trigger: {category: harbour}\n" + counting(), "no rule names a topic of the category 'harbour'"),
    "only a negation": ("trigger: {not: {topic: oven.bread.bake}}\n" + counting(), "trigger: names no topic or category"),
    "nothing can fit": (
        "trigger: {all: [{topic: oven.bread.bake}, {topic: oven.cake.bake}]}\n" + counting(),
        "trigger: nothing can ever fit it",
    ),
    "two keys in a trigger": ("trigger: {topic: oven.bread.bake, category: oven}\n" + counting(), "trigger: has 2 keys"),
    "an unknown key in a trigger": ("trigger: {weather: rain}\n" + counting(), "trigger: 'weather' is not known"),
    "no trigger": (counting(), "trigger: is not a table"),
    "a test system": (
        "trigger: {topic: org.example.stg.oven.bread.bake}\n" + counting(),
        "the topic 'org.example.stg.oven.bread.bake' is that of a test",
    ),
    "one word that ends many topics": ("trigger: {topic: bake}\n" + counting(), "the topic 'bake' is only the end of a name"),
    "our own facts": ("trigger: {topic: badge.awarded}\n" + counting(), "the topic 'badge.awarded' has the name of a fact"),
    "another system is asked": (
        BAKE + "criteria: {pkgdb: {owner: {user: x}}}\n" + GIVEN,
        "criteria: 'pkgdb' asks another system",
    ),
    "something not done": (
        BAKE + "criteria: {not: {datanommer: {}}}\n" + GIVEN,
        "criteria.not: asks that something was not done",
    ),
    "an unknown filter": (
        BAKE + counting().replace("      users", "      packages: [rye]\n      users") + GIVEN,
        f"{QUERY}.filter.packages: cannot be said",
    ),
    "a day that is a lambda": (
        BAKE + counting().replace("      users", "      start: now()\n      users") + GIVEN,
        f"{QUERY}.filter: start and end need",
    ),
    "a condition that nothing reaches": (
        BAKE + "condition: {greater than: 4}\n",
        "condition: asks for 5, but nothing before the message",
    ),
    "counted twice": (BAKE + counting() + "previous: {filter: {}}\n", "it counts twice, in criteria and in previous"),
    "an unknown key": (BAKE + counting() + "shell: rm -rf\n", "the key 'shell' is not known"),
    "a stand-in for what is missing": (
        "trigger: {all: [{topic: oven.bread.bake}, {lambda: \"msg.get('msg', {}).get('flour', 'rye') == 'rye'\"}]}\n"
        + counting()
        + GIVEN,
        "trigger.all[1].lambda: is code",
    ),
    "one topic in two ways": (
        "trigger:\n  any:\n  - {all: [{topic: oven.bread.bake}, {lambda: 'message.body.a == 1'}]}\n  - topic: oven.bread.bake\n"
        + counting(),
        "trigger: fits oven.bread.bake in two ways",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_said_in_our_words(name):
    rule, criteria = SAID[name]
    assert converted(rule)[0] == criteria


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_reason(name):
    rule, reason = REFUSED[name]
    with pytest.raises(Refused) as fault:
        converted(rule)
    assert str(fault.value).startswith(reason)


@pytest.mark.parametrize("missing", ["name", "description"])
def test_a_badge_needs_its_texts(missing):
    data = load(HEAD + BAKE + counting() + GIVEN)
    del data[missing]
    with pytest.raises(Refused, match=f"it has no {missing}"):
        convert(File("x.yml", data), "x", all_of([data]))


def test_what_somebody_should_know_is_told():
    criteria = counting("equal to: 9", topics="").replace("    filter:", "    filter:\n      categories: [oven]")
    assert converted(BAKE + criteria) == (
        {"all": [{"count": of("oven.bread.bake", "oven.cake.bake"), "at_least": 9}, ONE]},
        (
            "no recipient is named: it goes to the member whose deed it is",
            "“equal to 9” was read as at least 9: a count that only grows passes it once",
            "the category oven was read as the topics that these rules name: oven.bread.bake, oven.cake.bake",
            "the old rule looked only when oven.bread.bake came; here the parts may come in any order",
        ),
    )


def test_credit_stays_with_the_badge():
    data = load(HEAD + BAKE + counting() + GIVEN)
    texts = convert(File("x.yml", data), "x", all_of([data])).texts
    assert texts == {
        "name": "Bread Baker", "family": "helping", "glyph": "spark", "band": "BREAD BAKER", "summary": "Baked bread.",
        "story": "It came from another badge system, where mira made it. It was talked over at https://example.org/42",
    }  # fmt: skip


def test_a_tree_too_wide_is_refused():
    wide = indent("\n".join(f"- any: [{{topic: a.b{i}}}, {{topic: a.c{i}}}]" for i in range(8)), "  ")
    with pytest.raises(Refused, match="more than 50 ways"):
        converted(f"trigger:\n  all:\n{wide}\n" + counting())
