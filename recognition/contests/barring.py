"""Whose entries a voter may say nothing about: their own and those that they are asked about; those of whoever made one with
them, or handed theirs in; those of their mentees. Who names a person for a contest may vote for them: what is judged is the
person named. A co-author counts once they have said yes, so that nobody is kept from voting by being named. What was
disqualified counts too: it may be let in again."""

from recognition import driver

BARRED = """
WITH mine AS (
  SELECT id, member_id FROM contest_entry WHERE contest_id = :contest AND state IN ('in', 'out') AND nominee_id IS NULL
    AND (member_id = :member OR id IN (SELECT entry_id FROM contest_author WHERE member_id = :member AND state = 'in'))
  UNION SELECT id, member_id FROM contest_entry WHERE contest_id = :contest AND state IN ('in', 'out')
    AND nominee_id = :member AND nominee_agreed
), near AS (
  SELECT id FROM member WHERE id = :member OR mentor_id = :member
  UNION SELECT member_id FROM mine
  UNION SELECT a.member_id FROM contest_author a JOIN mine ON mine.id = a.entry_id
    JOIN contest_entry e ON e.id = a.entry_id WHERE a.state = 'in' AND e.nominee_id IS NULL
)
SELECT e.id FROM contest_entry e JOIN near ON near.id = e.member_id WHERE e.contest_id = :contest AND e.nominee_id IS NULL
UNION SELECT e.id FROM contest_entry e JOIN near ON near.id = e.nominee_id WHERE e.contest_id = :contest
UNION SELECT e.id FROM contest_author a JOIN near ON near.id = a.member_id JOIN contest_entry e ON e.id = a.entry_id
  WHERE e.contest_id = :contest AND e.nominee_id IS NULL AND (a.state = 'in' OR a.state = 'asked' AND a.member_id = :member)
"""
"""Ids of entries of `:contest` that are barred for `:member`. Begins at people, who have few entries, not at the contest."""


def barred_entries(contest_id: int, member_id: int) -> set[int]:
    return {row[0] for row in driver.run(BARRED, {"contest": contest_id, "member": member_id})}
