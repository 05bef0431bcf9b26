@chat @state-manager
Feature: An assistant remembers exactly
  An assistant that remembers nearly what was agreed is worse than one that asks again. What it keeps while it works
  comes back exactly as it was, or the attempt is refused at once and says what was wrong.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Answers build on what was really said, never on a distorted copy of it
    Revenue: chat

  @ST-02
  Rule: What is read is what was written

    @integration
    Scenario Outline: Every kind of value comes back exactly as it was kept: <case>
      Given Dana from Acme has kept <case> for the thread "Q3 spend"
      When her thread "Q3 spend" goes on through another instance
      Then exactly <case> is found there

      Examples:
        | case               |
        | nothing            |
        | zero               |
        | false              |
        | an empty list      |
        | accents and emoji  |
        | ten levels deep    |
        | a hundred levels   |

    @unit
    Scenario Outline: A value that cannot be kept faithfully is refused and the place in it is named: <case>
      Given an instance that has not asked Redis for anything
      When Dana from Acme tries to keep <case> for the thread "Q3 spend"
      Then this is refused as "state_invalid_value" because "<told>. Nothing was written."
      And Redis has not been asked

      Examples:
        | case                | told                                            |
        | a loop              | value.plan.again: leads back into itself        |
        | not-a-number        | value.plan.1: NaN is no number in JSON          |
        | infinity            | value.plan.1: Infinity is no number in JSON     |
        | minus zero          | value.plan.1: -0 is no number in JSON           |
        | a missing list item | value.plan.1: undefined has no place in JSON    |
        | a missing entry     | value.plan.step: undefined has no place in JSON |
        | a function          | value.plan.1: function has no place in JSON     |
        | a date object       | value.plan.due: is not a plain object           |
        | a big integer       | value.plan.tokens: bigint has no place in JSON  |

    @unit
    Scenario: A value that is nested without end is refused before it can exhaust anything
      Given an instance that has not asked Redis for anything
      When Dana from Acme tries to keep one level too many for the thread "Q3 spend"
      Then this is refused as "state_invalid_value" because "nested deeper than 100 levels"

    @unit
    Scenario: A value of another shape than its kind has is refused and the place in it is named
      Given an instance that has not asked Redis for anything
      When Dana from Acme tries to keep a report whose sum is "much"
      Then this is refused as "state_invalid_value" about "value.sum"
      And Redis has not been asked

    @integration
    Scenario Outline: What exactly meets the limit is kept; one more, and nothing is kept or told: <case>
      When Dana from Acme keeps <case> and then tries one more
      Then the first is kept, and the second is refused as "<reason>" about "<field>" and leaves nothing

      Examples:
        | case                     | reason            | field  |
        | a value of 256 KiB       | state_too_large   | value  |
        | a batch of 100           | state_too_large   | writes |
        | a batch of 1 MiB         | state_too_large   | writes |
        | a name of 128 characters | state_invalid_key | id     |

    @integration
    Scenario Outline: What another release has written is brought up to date or refused, never misread: <case>
      Given Dana from Acme has a report sum written by the <writer> release
      When it is read by the release of <reader>
      Then the report says <answer>

      Examples:
        | case                 | writer  | reader                   | answer                                     |
        | the same             | today's | today's                  | the sum 45                                 |
        | older, with a way    | older   | today's                  | the sum 45                                 |
        | older, without a way | older   | today without an upgrade | nothing, because "it was written by an older release (shape 1) and the kind declares no upgrade" |
        | older, a wrong way   | older   | today upgrading wrongly  | nothing, because "Invalid input: expected number, received string" |
        | newer                | newer   | today's                  | nothing, because "it was written by a newer release (shape 3, known 2)" |

    @unit
    Scenario Outline: A place that cannot be told from others is refused with its part named: <case>
      Given an instance that has not asked Redis for anything
      When Dana from Acme tries to keep something <where>
      Then this is refused as "state_invalid_key" about "<part>"
      And Redis has not been asked

      Examples:
        | case                       | where                                     | part |
        | no thread                  | for no thread                             | id   |
        | a thread for a habit       | of her own for a thread                   | id   |
        | half a character           | for a thread named by half a character    | id   |
        | an item without a name     | for an item without a name                | item |

    @unit
    Scenario Outline: A kind of state is declared once, under a plain name: <case>
      When an engineer declares a kind of state named "<name>"
      Then this is refused as "state_invalid_key" because "<told>"

      Examples:
        | case           | name         | told                              |
        | taken          | spec-note    | is declared already               |
        | capitals       | Note         | use a-z, digits and dashes        |
        | a space behind | note of mine | use a-z, digits and dashes        |
        | a digit first  | 1note        | use a-z, digits and dashes        |
        | no name        |              | use a-z, digits and dashes        |

    @unit
    Scenario: A kind with a senseless lifetime is refused when it is declared
      When an engineer declares a kind of state that lives for 999 milliseconds
      Then this is refused as "state_invalid_lifetime" about "lifetimeMs"
