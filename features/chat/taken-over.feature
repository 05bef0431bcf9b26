@chat @agent-registry
Feature: An answer outlives the machine that began it
  Machines are lost, and deployments replace them every day. A question must neither be lost with its machine nor be
  answered twice, and two machines must never write into one story.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: A lost or replaced machine costs seconds, never an answer
    Revenue: chat

  @AG-11
  Rule: A run outlives its instance

    @integration @hard
    Scenario: After a loss another instance goes on behind the last finished step, and repeats nothing
      Given the instance that works on the optimisation for Dana from Acme has been lost
      When another instance looks for lapsed runs
      Then the story reads, from the loss on:
        """
        optimisation: Going on after an interruption, behind the last finished step.
        optimisation: Looking for failed, repeated, batchable, cacheable and oversized calls.
        optimisation asks find_savings
        optimisation hears from find_savings: ok
        optimisation: Nothing saves as much as one hundredth of the spend.
        action-planning: There is nothing to plan.
        reporting: Writing the report: 0 findings, no saving.
        reporting answers
        """
      And the run is over as "completed"
      And operators count 1 run taken after a loss

    @e2e @operations @hard
    Scenario: A process that is killed while it reads is followed by another, in the same story
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And Dana from Acme has a laptop open there on the thread "Q3 spend"
      And ClickHouse has fallen silent
      And she has asked "Where does our money go?"
      When the instance is killed while it reads, and its lease runs out
      Then a tablet through another instance shows that the answer went on after the interruption, and ended once

    @integration @hard
    Scenario: An instance that wakes up after its run was taken over is refused every write
      Given the instance that works on the optimisation for Dana from Acme has been lost
      And another instance has gone on and answered
      When the first instance wakes up and goes on
      Then it lets the run go, and the story has one ending

    @integration @hard
    Scenario: An instance that finds its lease lost stops by itself
      Given the instance that works on the optimisation for Dana from Acme has been lost
      And another instance has gone on and answered
      When 5 seconds pass on the first instance
      Then it lets the run go, and the story has one ending

    @integration @hard
    Scenario: An open tool call of a lost instance is closed as interrupted, and runs again as a new one
      Given the instance that reads usage for Dana from Acme has been lost
      When another instance looks for lapsed runs
      Then the story reads, from the loss on:
        """
        triage hears from usage_coverage: interrupted
        triage: Going on after an interruption, behind the last finished step.
        triage: Looking for usage from 2025-08-11 to 2025-09-10.
        triage asks usage_coverage
        triage hears from usage_coverage: ok
        triage: 0 calls on 0 days: the data is judged insufficient.
        reporting: Saying what is missing: No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period.
        reporting answers
        """

    @integration @hard
    Scenario: A lease that is kept is nobody else's
      Given the optimisation of Dana from Acme is held up
      When another instance looks for lapsed runs
      Then the run stays where it is

    @integration @hard
    Scenario: The lease is renewed every 5 seconds, and lasts 15
      Given the optimisation of Dana from Acme is held up, with 5 seconds of its lease left
      When 5 seconds pass on the first instance
      Then its lease lasts 15 seconds from that moment

    @integration @hard
    Scenario: A lease that could not be renewed is renewed when PostgreSQL takes writes again
      Given the optimisation of Dana from Acme is held up, with 5 seconds of its lease left
      And PostgreSQL has taken no writes for 5 seconds
      When 5 seconds pass on the first instance
      Then its lease lasts 15 seconds from that moment
      And operators are warned that "a lease could not be renewed", because "PlatformError: PostgreSQL takes no writes"

    @integration @hard
    Scenario: Of two instances that find the same lapsed run one takes it
      Given the instance that works on the optimisation for Dana from Acme has been lost
      When two other instances look for lapsed runs at one instant
      Then the story has one ending, and the run is over as "completed"
      And operators count 1 run taken after a loss

    @integration @hard
    Scenario: A run that has cost three instances is ended as failed
      Given the instance that works on the optimisation for Dana from Acme has been lost for the third time
      When another instance looks for lapsed runs
      Then the story ends once, as failed with "run_interrupted"
      And the customer is told "This question was interrupted three times. Ask it again.", and asking again is of no use

    @integration @hard
    Scenario: A run that has cost two instances is answered
      Given the instance that works on the optimisation for Dana from Acme has been lost for the second time
      When another instance looks for lapsed runs
      Then the story has one ending, and the run is over as "completed"

    @integration @hard
    Scenario: A run that was being stopped when its instance was lost is stopped, not answered
      Given the instance that works on the optimisation for Dana from Acme has been lost while it was being stopped
      When another instance looks for lapsed runs
      Then the story has one ending, and the run is over as "cancelled"

    @integration @hard
    Scenario Outline: A deployment hands runs over without waiting for a lease: <case>
      Given the optimisation of Dana from Acme is held up
      When the first instance stops and <next>
      Then the first instance has finished 0 and handed over 1
      And the story has one ending, and the run is over as "completed"
      And operators count 0 runs taken after a loss

      Examples:
        | case                     | next                                   |
        | another instance is told | another instance is there              |
        | another instance looks   | another instance looks 5 seconds later |

    @integration @hard
    Scenario: An instance that is closed hands its runs over as well
      Given the optimisation of Dana from Acme is held up
      When the first instance is closed and another instance is there
      Then the story has one ending, and the run is over as "completed"

    @integration @hard
    Scenario: An instance that stops finishes what it can in time
      Given the optimisation of Dana from Acme is held up
      When the first instance is asked to stop and the optimisation goes on
      Then the first instance has finished 1 and handed over 0
      And the story has one ending, and the run is over as "completed"

    @integration @hard
    Scenario: What is asked of an instance that stops is answered by another
      Given the first of two instances has been asked to stop
      When Dana from Acme asks the first instance "Where does our money go?"
      Then the story has one ending, and the run is over as "completed"

    @integration @hard
    Scenario: A run of a thread that was deleted meanwhile ends untold
      Given the optimisation of Dana from Acme is held up
      When she deletes the thread and the optimisation goes on
      Then the run is over as "failed" because of "thread_not_found"

    @integration @hard
    Scenario: A thread that is deleted while it is worked on takes the run with it
      Given the optimisation of Dana from Acme is held up
      When she deletes the thread with its runs and the optimisation goes on
      Then nothing is left of the run, and nobody works on it
      And no operator was warned

    @integration @hard
    Scenario Outline: Killed at any point, the run reaches one ending, and no finished step is repeated: <case>
      When Dana from Acme asks "Where does our money go?", and the instance is killed <case>
      Then the story is in order, and the run is over as "completed"
      And the story shows these tools: <tools>

      Examples:
        | case                                  | tools                                                                               |
        | while the question waits              | usage_coverage, usage_summary, price_list, find_savings                             |
        | before the first step                 | usage_coverage, usage_summary, price_list, find_savings                             |
        | between a tool's start and its result | usage_coverage interrupted, usage_coverage, usage_summary, price_list, find_savings |
        | between two steps                     | usage_coverage, usage_summary, price_list interrupted, usage_summary, price_list, find_savings |
        | after the report, before the ending   | usage_coverage, usage_summary, price_list, find_savings                             |

    @integration @hard
    Scenario: What the deployed version can no longer read makes the run start over, in the same story
      Given the instance that works on the optimisation for Dana from Acme has been lost
      And a release that can no longer read what was saved
      When another instance looks for lapsed runs
      Then the story reads, from the loss on:
        """
        triage: Starting over: what was found before the interruption can no longer be read.
        triage: Looking for usage from 2025-08-11 to 2025-09-10.
        triage asks usage_coverage
        triage hears from usage_coverage: ok
        triage: 1,500 calls on 7 days: the data is judged sufficient.
        data: Adding up calls and cost by provider and model.
        data asks usage_summary
        data hears from usage_summary: ok
        data asks price_list
        data hears from price_list: ok
        data: 1,500 calls to 1 model cost 2,000.00 USD by the list list-1.
        optimisation: Looking for failed, repeated, batchable, cacheable and oversized calls.
        optimisation asks find_savings
        optimisation hears from find_savings: ok
        optimisation: Nothing saves as much as one hundredth of the spend.
        action-planning: There is nothing to plan.
        reporting: Writing the report: 0 findings, no saving.
        reporting answers
        """
      And the run is over as "completed"

    @integration @hard
    Scenario: Tools that were used before a loss count among the 50 of the run
      Given a triage that calls tools without end
      When Dana from Acme asks "Where does our money go?", and the instance is killed at its 30th tool
      Then the story ends once, as failed with "tool_call_limit"
      And of 50 tools that were shown one was interrupted

    @integration @hard
    Scenario: The time that a lost instance used up is not given again
      Given the instance that works on the optimisation for Dana from Acme has been lost
      When another instance reads on, 119 seconds after the start, and 1 second pass
      Then the story ends once, as failed with "run_timeout"

    @integration @hard
    Scenario: A run has the time that its lost instance left, to the millisecond
      Given the instance that works on the optimisation for Dana from Acme has been lost
      When another instance reads on, 119 seconds after the start, and 999 milliseconds pass
      Then whatever is being read is read on

    @integration @hard
    Scenario Outline: A run whose asker was removed before the takeover ends with its story, and nothing is read: <case>
      Given the instance that <works> for Dana from Acme has been lost
      And she has been removed
      When another instance looks for lapsed runs
      Then the story reads, from the loss on:
        """
        <ending>
        """
      And the customer is told "Whoever asked this may ask no more. Nothing was read after that.", and asking again is of no use
      And there were <readings> readings since the question

      Examples:
        | case          | works                     | readings | ending                                                                    |
        | between tools | works on the optimisation | 3        | triage fails: user_removed                                                |
        | during a tool | reads usage               | 1        | triage hears from usage_coverage: interrupted\ntriage fails: user_removed |
