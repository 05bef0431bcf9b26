@chat @state-manager
Feature: Whoever must know is told, once and in order
  Live progress on every device hangs on changes being told. A change that is missed, doubled or out of order shows the
  customer something that is not so.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Every device follows the same truth without asking again and again
    Revenue: chat

  @ST-08
  Rule: Whoever must know is told, once and in order

    @integration
    Scenario Outline: Every way an entry can change reaches a listener on another instance once, in order, without its value: <case>
      Given an instance that lets a person keep 2 entries
      And Dana from Acme listens to her changes
      When her note in the thread "Q3 spend" is <case>
      Then Dana is told "<story>", numbered without a gap
      And none of it says what was noted

      Examples:
        | case    | story                      |
        | created | created                    |
        | updated | created, updated           |
        | removed | created, removed           |
        | expired | created, expired           |
        | evicted | created, evicted, created  |

    @integration
    Scenario: A change says where and when it was
      Given Dana from Acme listens to her changes
      When she notes "compare prices" under "first:draft" in the thread "Q3 spend"
      Then the change is about "first:draft" in the thread "Q3 spend", version 1, of this moment

    @integration
    Scenario: What the company shares is told to every colleague
      Given Dana from Acme listens to her changes
      When Ada from Acme shares "prices of July" with her company
      Then Dana is told "created"

    @integration @hard
    Scenario: A listener that fails or stands still delays neither the writer nor other listeners
      Given one listener of Dana from Acme fails at its first change and another stands still
      And she listens to her changes
      When she notes 50 things
      Then Dana is told of all 50, and the one that stands still of at most 1

    @integration @hard
    Scenario: A listener too far behind is let go with the place to resume, and misses and repeats nothing
      Given an instance whose listeners may be 20 changes behind
      And Dana from Acme listens to her changes and stands still after the first of them
      When 50 changes have happened and the listener goes on
      Then it is let go as "state_watcher_too_slow"
      And resuming from the place it was given shows the rest of the 50, each once

    @integration
    Scenario: Somebody who was away is told the rest
      Given Dana from Acme has left after the first of 10 changes
      When she comes back
      Then she is told the other 9 in order, and then what happens next

    @integration @hard
    Scenario: Somebody far behind is given the whole story at their own pace
      Given Dana from Acme has left after the first of 600 changes
      When she comes back
      Then she is told the other 599 in order, and then what happens next

    @integration @hard
    Scenario Outline: A listener who returns too late is told to read afresh: <case>
      Given an instance that keeps the last 20 changes
      And Dana from Acme has left after the first of 30 changes
      When she comes back after <what>
      Then the first she is told is a gap because of "<reason>", and then what happens next

      Examples:
        | case               | what                       | reason       |
        | too late           | the oldest were dropped    | too_old      |
        | history lost       | Redis lost everything      | history_lost |

    @integration @hard
    Scenario Outline: A place to resume that was altered or is somebody else's is refused: <case>
      Given Dana from Acme has left after the first of 10 changes
      When <who> resumes from <place>
      Then the listener is refused as "state_invalid_query" and is told nothing

      Examples:
        | case           | who            | place              |
        | altered        | Dana from Acme | her place, altered |
        | somebody elses | Ravi from Acme | Dana's place       |
