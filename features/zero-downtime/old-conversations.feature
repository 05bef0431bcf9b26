@zero-downtime @state-persistence
Feature: Old conversations
  A customer who comes back after a year finds what was said, as if it had been yesterday. That it has long been moved to
  where keeping costs little, is the platform's business.

  Business value:
    Segment: Mid, Enterprise
    Goal: Retention
    Impact: Conversations can be kept for years, and none of them is lost or doubled on its way to the history
    Revenue: zero-downtime

  @SP-07
  Rule: A quiet conversation moves to the history without a gap, and is read from there as ever

    @integration @operations @hard
    Scenario: Dana opens a thread from last year and finds its story complete
      Given a platform on which months can pass, and where Ada from Acme has Acme keep its threads for 730 days
      And Dana from Acme has been answered "Where does our money go?" in the thread "Q3 spend"
      When 400 days pass
      Then the thread "Q3 spend" of Dana has moved to the history whole, and PostgreSQL has none of its events
      And Dana's thread "Q3 spend" holds all that was said
      And her tablet shows all of "Q3 spend", from its first event to its answer

    @integration @operations @hard
    Scenario: A conversation from last year goes on
      Given a platform on which months can pass, and where Ada from Acme has Acme keep its threads for 730 days
      And Dana from Acme has been answered "Where does our money go?" in the thread "Q3 spend"
      When 400 days pass
      Then the thread "Q3 spend" of Dana has moved to the history whole, and PostgreSQL has none of its events
      And what Dana asks next in "Q3 spend" is answered, and her tablet shows both answers in order

    @integration @operations @hard
    Scenario: Deleting a thread from last year deletes it in the history, too
      Given a platform on which months can pass, and where Ada from Acme has Acme keep its threads for 730 days
      And Dana from Acme has been answered "Where does our money go?" in the thread "Q3 spend"
      And 400 days have passed
      And the thread "Q3 spend" of Dana has moved to the history whole, and PostgreSQL has none of its events
      When she has the thread "Q3 spend" deleted for good
      Then within 10 seconds the history has nothing of Dana's thread "Q3 spend"

  @SP-13
  Rule: What an analysis has worked out is kept as long as the plan says, and its answer as long as its thread

    @integration @operations @hard
    Scenario Outline: On the plan <case> the workings of an analysis go after <days> day(s), and its answer stays
      Given a platform on which months can pass
      And <person> has been answered "Where does our money go?" in the thread "Q3 spend"
      And <before> later all that the analysis in "Q3 spend" has worked out is stored
      When <rest> have passed
      Then nothing is stored any more of what the analysis in "Q3 spend" has worked out
      And <person>'s thread "Q3 spend" holds all that was said

      Examples:
        | case  | person         | days | before   | rest     |
        | free  | Leo from Birch | 1    | 12 hours | 12 hours |
        | early | Mia from Cedar | 7    | 6 days   | 24 hours |
        | mid   | Noor from Dune | 30   | 29 days  | 24 hours |

  @SP-14
  Rule: A smaller plan takes nothing away for 30 days

    Background:
      Given a platform on which months can pass, and where Ada from Acme has Acme keep its threads for 730 days
      And Dana from Acme and Mia from Cedar have been answered in the threads "Q3 spend" and "Rent"
      And 80 days later the operators have moved Acme to the early plan

    @integration @operations @hard
    Scenario: On its smaller plan a company has what it had for another 30 days
      When 11 days have passed
      Then Mia's thread "Rent" holds nothing any more, and Dana's thread "Q3 spend" all that was said

    @integration @operations @hard
    Scenario: After that it has what the smaller plan keeps
      When 31 days have passed
      Then Dana's thread "Q3 spend" holds nothing any more

    @integration @operations @hard
    Scenario: A company that returns to its plan in time loses nothing
      Given 29 days later the operators have moved Acme to the enterprise plan
      When 90 days have passed
      Then Mia's thread "Rent" holds nothing any more, and Dana's thread "Q3 spend" all that was said
