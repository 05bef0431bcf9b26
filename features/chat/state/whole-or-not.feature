@chat @state-manager
Feature: Changes that belong together land together
  A plan and its figures are useless one without the other. A group of changes is there whole, or the customer never sees
  any of it.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: No answer is built on half a change
    Revenue: chat

  @ST-05
  Rule: A group of changes lands whole or not at all

    @integration
    Scenario: A batch with one outdated entry changes nothing and names that entry
      Given Dana from Acme has noted "old" in the thread "two"
      When she writes a batch into the threads "one", "two" and "three", expecting each to be new
      Then this is refused as "state_conflict" about "writes.1", with "old" as what stands there
      And Dana finds nothing in the threads "one" and "three"

    @integration
    Scenario: A batch of what must last changes nothing when one entry is outdated
      Given what is kept here must outlive Redis
      And Dana from Acme has noted "old" in the thread "two"
      When she writes a batch into the threads "one", "two" and "three", expecting each to be new
      Then this is refused as "state_conflict" about "writes.1", with "old" as what stands there
      And Dana finds nothing in the threads "one" and "three"

    @unit
    Scenario: What may be lost and what must last cannot land together
      Given an instance that has not asked Redis for anything
      When Dana from Acme writes one of each kind in one batch
      Then this is refused as "state_invalid_query" about "writes"
      And Redis has not been asked

    @integration
    Scenario: A batch that holds an entry twice is refused
      When Dana from Acme writes a batch into the threads "one", "two" and "one", expecting each to be new
      Then this is refused as "state_invalid_query" about "writes"
      And Dana finds nothing in the threads "one" and "two"

    @integration
    Scenario: A batch repeated under its name is not written twice
      Given Dana from Acme has written a named batch into the threads "one" and "two"
      When she repeats the same batch
      Then she is given the first outcome again, and both are still in version 1

    @integration
    Scenario: A write is remembered for almost 120 seconds
      Given Dana from Acme has written a named batch into the threads "one" and "two"
      When 119 seconds later she repeats the same batch
      Then she is given the first outcome again, and both are still in version 1

    @integration
    Scenario: A write is forgotten after 120 seconds, so that its name may be used again
      Given Dana from Acme has written a named batch into the threads "one" and "two"
      When 120 seconds later she repeats the same batch
      Then both are in version 2

    @integration @operations @hard
    Scenario: Redis is out of memory: a batch is refused whole, and removing entries still works
      Given a Redis of its own in which Dana from Acme has noted "compare prices" in the thread "one"
      And this Redis has no memory left
      When she writes a batch into the threads "two" and "three", expecting each to be new
      Then this is refused as "state_out_of_memory"
      And Dana still reads "compare prices" in the thread "one", and can remove it
      And Dana finds nothing in the threads "two" and "three"

    @integration
    Scenario: An entry moves with its value and its end
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When 1 hour later she moves it from the thread "Q3 spend" to the thread "Q4 plan"
      Then Dana finds "compare prices" in the thread "Q4 plan" for 23 hours more
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario Outline: A move that cannot be is refused and moves nothing: <case>
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she has noted "hire" in the thread "Q4 plan"
      When she moves it from the thread "<from>" to the thread "<to>"
      Then this is refused as "state_conflict" about "<field>"
      And Dana finds "compare prices" in the thread "Q3 spend"
      And Dana finds "hire" in the thread "Q4 plan"

      Examples:
        | case          | from     | to       | field |
        | nothing there | Q2 costs | Q1 costs | from  |
        | place taken   | Q3 spend | Q4 plan  | to    |

    @integration @operations @hard
    Scenario Outline: An instance is killed while it moves an entry between threads: it stands in exactly one of them: <case>
      Given what is kept here <lasts>
      And Dana from Acme has noted "compare prices" in the thread "here"
      And a process is ready to move it between the threads "here" and "there" again and again
      When the process is killed after 20 moves
      Then Dana's note stands in exactly 1 of the threads "here" and "there"

      Examples:
        | case     | lasts                |
        | volatile | may go with Redis    |
        | durable  | must outlive Redis   |
