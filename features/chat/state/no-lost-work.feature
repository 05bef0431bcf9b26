@chat @state-manager
Feature: Nobody's work is overwritten unseen
  Agents of one customer work side by side on the same notes. When one of them silently overwrites another, the answer
  the customer pays for is built on half the work.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Every agent's contribution is in the answer, however many work at once
    Revenue: chat

  @ST-04
  Rule: Two writers never lose each other's work

    @integration
    Scenario: Each change raises the version by one and keeps the time of creation and the end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 5 minutes later she changes it to "compare all prices" in the thread "Q3 spend"
      Then her note in the thread "Q3 spend" is version 2, created 5 minutes before its last change, and ends 24 hours after its creation

    @integration @hard
    Scenario: Of two writers who read the same version one wins, and the other is told what won
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When two instances change her note in the thread "Q3 spend" to "cheaper" and "faster" at the same time
      Then 1 of them wins and 1 is refused as "state_conflict"
      And the loser is told the winner's value in version 2, which is what stands in the thread "Q3 spend"

    @integration @hard
    Scenario: Four processes adding 250 each to one counter end at exactly 1,000
      Given 4 processes are ready to add 250 to Dana from Acme's counter
      When they all begin at the same moment
      Then Dana's counter stands at 1,000

    @integration @hard
    Scenario: Updates of one counter queue inside an instance
      When 40 callers on one instance each add 1 to Dana from Acme's counter
      Then Dana's counter stands at 40

    @integration @hard
    Scenario: Twenty callers create the same entry at once: one creates it, the others are told what stands there
      When 20 callers on two instances create Dana from Acme's note in the thread "Q3 spend" at once
      Then 1 of them wins and 19 are refused as "state_conflict"
      And each loser is told the winner's value in version 1, which is what stands in the thread "Q3 spend"

    @integration @hard
    Scenario Outline: A change based on an entry that has gone and come back is refused: <case>
      Given Dana from Acme's note in the thread "Q3 spend" <case> and was written again, to the same version number
      When somebody changes it to "outdated" on the strength of the first one
      Then this is refused as "state_conflict", with "after" as what stands there
      And Dana finds "after" in the thread "Q3 spend"

      Examples:
        | case                |
        | was removed         |
        | came to its end     |
        | was lost with Redis |

    @integration
    Scenario: An update whose own calculation fails leaves the entry and its story as they were
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When an update of her note in the thread "Q3 spend" fails in its own calculation
      Then her note in the thread "Q3 spend" is "compare prices" in version 1, and 1 change was ever told

    @integration @hard
    Scenario: An update that finds no quiet moment gives up after 2 seconds and has changed nothing
      Given somebody changes Dana from Acme's counter without pause
      When a distant caller tries to add 1,000,000 to it
      Then this is refused as "state_contended" within 3 seconds
      And nothing of the 1,000,000 is in Dana's counter

    @integration
    Scenario: An entry is removed only in the version its remover has seen
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she has changed it to "compare all prices" in the thread "Q3 spend"
      When somebody tries to remove her first version from the thread "Q3 spend"
      Then this is refused as "state_conflict", with "compare all prices" as what stands there
      And Dana finds "compare all prices" in the thread "Q3 spend"
