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
        | case                     | next                                       |
        | another instance is told | another instance is there                  |
        | another instance looks   | another instance looks 5 seconds later     |

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
