@zero-downtime @lifecycle-manager
Feature: One time for all instances
  Machines lose the time. What one instance writes down, such as the end of a sign-in, another one judges: if each went by its own
  clock, a single machine that is wrong would sign customers out and fail their questions.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A machine with a wrong clock costs no customer anything, and is found before it does
    Revenue: zero-downtime

  @LC-13
  Rule: Whatever clock a machine has, customers are judged by one time

    @e2e @operations @hard
    Scenario Outline: Whoever signed in elsewhere is known, and answered, where the clock is wrong: <case>
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And an instance of the platform is serving
      And its clock is <case>
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?" there
      Then her phone shows the whole answer, with no event missing or doubled

      Examples:
        | case             |
        | 11 minutes ahead |
        | 20 minutes ahead |
        | 5 minutes behind |

    @e2e @operations @hard
    Scenario: A sign-in that was made where the clock is wrong ends when it should
      Given an instance of the platform is serving
      And its clock is 20 minutes behind
      When Dana from Acme has signed in there, and 16 minutes pass
      Then she is told there "token_expired"

    @e2e @operations @hard
    Scenario: A machine whose clock is 3 seconds off is named to operators, and still serves
      Given an instance of the platform is serving
      When its clock is set ahead by 3 seconds
      Then the instance says within 10 seconds that it is degraded, and still serves
      And operators read there "This machine's clock is 3 s ahead of PostgreSQL's. Set it right: time synchronisation does not work."

    @e2e @operations @hard
    Scenario: A machine whose clock was set right is whole again without a restart
      Given an instance of the platform is serving
      And its clock is 3 seconds ahead
      And the instance says within 10 seconds that it is degraded, and still serves
      When its clock is set back by 3 seconds
      Then the instance says within 15 seconds that it is ready, and not degraded
