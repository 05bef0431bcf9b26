@chat @state-manager
Feature: What must last, lasts
  Some of what an assistant was told is a promise. It outlives every fast store, and a fast copy of it never passes for
  more than it is.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: What a customer has settled stays settled, whatever happens to our machines
    Revenue: chat

  @ST-10
  Rule: What must last, lasts

    @integration @hard
    Scenario: After Redis lost everything, what Dana has settled has the same value, version and remaining lifetime
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And she has settled on "hire" in the thread "Q3 spend"
      And 1 hour has passed
      When Redis loses everything of Dana's company
      Then Dana finds "hire" in the thread "Q3 spend", in PostgreSQL
      And her note in the thread "Q3 spend" is in version 2 and ends in 23 hours

    @integration @hard
    Scenario Outline: Redis comes back with yesterday's copy: nobody is misled for longer than 30 seconds: <case>
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And Redis came back with its copy of that, after she had settled on "hire"
      When <passed> milliseconds have passed
      Then Dana finds "<found>" in the thread "Q3 spend"

      Examples:
        | case   | passed | found          |
        | within | 29,999 | compare prices |
        | after  | 30,000 | hire           |

    @integration @hard
    Scenario: A change based on yesterday's copy is refused
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And Redis came back with its copy of that, after she had settled on "hire"
      And somebody has read it in the thread "Q3 spend" to change it
      When they change what they have read in the thread "Q3 spend" to "compare all prices"
      Then they are refused because somebody else changed it
      And they are told that "hire" stands there
