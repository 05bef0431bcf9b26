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
    Scenario Outline: A kind that names no lifetime gets its place's: <case>
      When Dana from Acme keeps something for her <case>
      Then it ends after <lifetime>

      Examples:
        | case    | lifetime   |
        | device  | 30 minutes |
        | run     | 1 hour     |
        | session | 12 hours   |
        | thread  | 24 hours   |
        | person  | 7 days     |

    @integration
    Scenario: What the company shares ends after 7 days
      When Ada from Acme keeps something for her company
      Then it ends after 7 days

    @integration
    Scenario: An entry is there one millisecond before its end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 86,399,999 milliseconds have passed
      Then Dana finds "compare prices" in the thread "Q3 spend"
      And Dana's list of the thread "Q3 spend" has 1 entry

    @integration
    Scenario: An entry is gone at its end, from reads and lists alike
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 86,400,000 milliseconds have passed
      Then Dana's list of the thread "Q3 spend" has no entry
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario: Reading does not extend a life
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And 12 hours later she has read it in the thread "Q3 spend"
      When 12 hours have passed
      Then Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario: Extending an entry gives it the lifetime it names from now on
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 12 hours later she extends it in the thread "Q3 spend" by 2 days
      Then her note in the thread "Q3 spend" is "compare prices" in version 2 and ends in 2 days

    @integration
    Scenario: What is not there cannot be extended
      When Dana from Acme extends what was never noted in the thread "Q3 spend" by 2 days
      Then this is refused as "state_conflict"
      And Dana finds nothing in the thread "Q3 spend"

    @unit
    Scenario Outline: A senseless lifetime is refused: <case>
      Given an instance that has not asked Redis for anything
      When Dana from Acme tries to keep something for <lifetime> milliseconds
      Then this is refused as "state_invalid_lifetime" about "lifetimeMs"
      And Redis has not been asked

      Examples:
        | case                | lifetime      |
        | nothing             | 0             |
        | below nothing       | -1            |
        | half a millisecond  | 1000.5        |
        | less than a second  | 999           |
        | more than 30 days   | 2592000001    |

    @integration
    Scenario Outline: The shortest and the longest lifetime are taken: <case>
      When Dana from Acme tries to keep something for <lifetime> milliseconds
      Then it ends after <duration>

      Examples:
        | case     | lifetime   | duration |
        | shortest | 1000       | 1 second |
        | longest  | 2592000000 | 30 days  |

    @integration
    Scenario Outline: An entry nobody reads again is gone within 30 seconds of its end, and told once: <case>
      Given an instance that sweeps
      And Dana from Acme listens to her changes
      And she has a note in the thread "Q3 spend", <case>, that has come to its end
      When 30 seconds have passed
      Then Dana is told "<story>"
      And nothing of her notes is left in Redis

      Examples:
        | case           | story                     |
        | as written     | created, expired          |
        | extended since | created, updated, expired |

    @integration @hard
    Scenario: Two readers and the sweep meet the end of one entry together: it is told once
      Given an instance that sweeps
      And Dana from Acme listens to her changes
      And she has noted "compare prices" in the thread "Q3 spend"
      When its end comes while two instances read it in the thread "Q3 spend" and the sweep finds it
      Then Dana is told "created, expired, created" when she notes it again

    @integration @hard
    Scenario: Two instances whose clocks differ by five minutes agree on what has ended
      Given two instances whose clocks differ by 5 minutes and that go by Redis' time
      When Dana from Acme keeps something for 1 second through the one behind
      Then both find it now and neither does 1 second later

    @integration
    Scenario: What no sweep finds is dropped by Redis itself
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When everything Redis holds of her company is searched
      Then Redis itself drops her note 10 minutes after its end, and the story of its changes after 24 hours
