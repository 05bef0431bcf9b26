@zero-downtime @state-persistence
Feature: A store that comes back from a backup
  Backups save a company on its worst day. On that day nobody has time to think of those who were forgotten since, so the
  platform does: a backup must not bring back whom the law has let go.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: A restored store is put right before anybody reads from it, and operators are told which one it was
    Revenue: zero-downtime

  @SP-11
  Rule: A store that comes back older is put right, and named

    @integration @operations @hard
    Scenario: PostgreSQL comes back from before an erasure, and Dana stays forgotten
      Given a platform whose stores can be searched
      And Dana from Acme has been answered "Where does our money go?" in the thread "Merger with Dune"
      And Ada from Acme has had Dana forgotten since the last backup of PostgreSQL
      When PostgreSQL comes back from that backup
      Then nothing of Dana is found in any table, key or column
      And operators read there what begins with "PostgreSQL came back from before an erasure"
