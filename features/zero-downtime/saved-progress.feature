@zero-downtime @state-persistence
Feature: Saved progress
  An analysis that took minutes is money spent. What it has found is saved step by step, so that no machine, however it fails,
  costs more than the step it was at, and what is finished can be trusted for as long as it is kept.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A finished step is never lost, overwritten by a machine that was given up, or read by another company
    Revenue: zero-downtime

  Background:
    Given an answer of Acme has saved 3 steps

  @SP-02
  Rule: Only whoever works on an answer now may save it

    @integration @hard
    Scenario: An instance that was frozen and replaced is refused, even when it names the newest version
      When the instance that worked on it wakes up, and another one has taken it over meanwhile
      Then whoever writes or reads it is told "A newer holder works on this run. Stop; nothing was written."
      And it stands at its step 4

    @integration @hard
    Scenario: Whoever saves at the same moment overwrites nothing
      When two save it 100 times at once
      Then each of the 100 saves is confirmed once, and none has overwritten another
      And it stands at its step 103

  @SP-03
  Rule: What was saved reads the same, wherever it lies

    @integration
    Scenario: An answer from last month is read from the history as it was
      Given it has ended
      When 30 days pass
      Then it reads from the history as on the day on which it ended

  @SP-06
  Rule: What is kept can be trusted

    @integration @hard
    Scenario Outline: What came to harm in the history is not given out: <case>
      Given it has ended 30 days ago
      When the history holds <what> in its place
      Then whoever writes or reads it is told "What was said long ago cannot be read from the history right now (a part is damaged). Try again later."

      Examples:
        | case            | what                           |
        | a damaged disk  | a flipped bit                  |
        | rows mistaken   | what another company has saved |

  @SP-10
  Rule: Nobody finds another company's work

    @integration @hard
    Scenario Outline: Birch learns nothing of an answer of Acme's: <case>
      Given it has ended
      When <days> days pass
      Then Birch, which names it, is told the same as about one that never was

      Examples:
        | case                 | days |
        | in PostgreSQL        | 1    |
        | in the history alone | 30   |
