@chat @state-manager
Feature: Working notes end when they should
  Notes that stay for ever are a liability, and notes that vanish early are a broken promise. Each ends at its moment, and
  everywhere at the same one.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Nothing of a customer is kept longer than said, and nothing is lost earlier
    Revenue: chat

  @ST-06
  Rule: Everything ends when it should

    @integration
    Scenario: A note is there one millisecond before its end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 86,399,999 milliseconds have passed
      Then Dana finds "compare prices" in the thread "Q3 spend"

    @integration
    Scenario: A note is gone at its end, from reads and lists alike
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And 24 hours have passed
      When she lists the thread "Q3 spend"
      Then she is shown nothing
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario Outline: What nobody reads again is gone from both stores within 30 seconds of its end: <case>
      Given an instance that clears away what has ended
      And Dana from Acme has <kept> "compare prices" in the thread "Q3 spend"
      When 24 hours and 30 seconds have passed
      Then neither store holds anything of Dana's

      Examples:
        | case              | kept       |
        | may go with Redis | noted      |
        | must outlive it   | settled on |

    @integration @hard
    Scenario: Two instances whose clocks differ by five minutes agree on what has ended
      Given two instances whose clocks differ by 5 minutes
      When Dana from Acme notes "compare prices" in the thread "Q3 spend" for 2 seconds through the one behind
      Then both find "compare prices" in the thread "Q3 spend" now, and neither does 2 seconds later
