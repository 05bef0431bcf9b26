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

    @integration @hard
    Scenario: Of two writers who read the same version one wins, and the other is told what won
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When two instances change her note in the thread "Q3 spend" to "cheaper" and "faster" at the same time
      Then 1 of them wins and 1 is refused because somebody else changed it
      And whoever lost is told what stands in the thread "Q3 spend", in version 2

    @integration @hard
    Scenario: Four processes adding 250 each to one counter end at exactly 1,000
      Given 4 processes are ready to add 250 to Dana from Acme's counter
      When they all begin at the same moment
      Then Dana's counter stands at 1,000

    @integration @hard
    Scenario: Twenty callers create the same entry at once: one creates it, the others are told what stands there
      When 20 callers on two instances create Dana from Acme's note in the thread "Q3 spend" at once
      Then 1 of them wins and 19 are refused because somebody else changed it
      And whoever lost is told what stands in the thread "Q3 spend", in version 1

    @integration @hard
    Scenario: A change based on an entry that has gone and come back is refused
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And somebody has read it in the thread "Q3 spend" to change it
      And it was removed from the thread "Q3 spend" and "hire" written instead
      When they change what they have read in the thread "Q3 spend" to "compare all prices"
      Then they are refused because somebody else changed it
      And they are told that "hire" stands there

    @integration @hard
    Scenario: A change that finds no quiet moment is given up within 3 seconds and has changed nothing
      Given somebody changes Dana from Acme's counter without pause
      When a distant caller tries to add 1,000,000 to it
      Then they are refused because too many others change it at once, within 3 seconds
      And nothing of the 1,000,000 is in Dana's counter
