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

  @SP-01
  Rule: What was confirmed as saved is never lost, and what is not saved is never confirmed

    @integration @operations @hard
    Scenario: While PostgreSQL is away no step is confirmed, and those that were are there when it is back
      When PostgreSQL is away while step 4 is to be saved
      Then nobody is told that it was saved
      And once PostgreSQL is back, it stands at its step 3

    @integration @operations @hard
    Scenario: A step whose confirmation was lost on the way is there once when it is saved again
      Given the confirmation of its step 4 was lost on the way
      When step 4 is saved again
      Then it stands at its step 4, and each of its steps was saved once

  @SP-04
  Rule: There is always a finished step to go on from

    @integration @hard
    Scenario: Whoever goes on with it finds all that its finished steps had found
      When another instance goes on with it
      Then that one begins behind step 3, with all that was found until then

    @integration @hard
    Scenario: A step that has found too much to be saved changes nothing
      When 3 MiB are to be saved as step 4
      Then whoever writes or reads it is told "state has 3145728 bytes as JSON, 2097152 are possible."
      And it stands at its step 3

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
