@chat @state-manager
Feature: An answer is never better than the truth
  When a part of the platform fails, customers forgive a clear refusal. They do not forgive being told that their work is
  gone when it is not, or done when it is not.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Nothing is promised that was not done, and nobody waits for a part that is down
    Revenue: chat

  @ST-09
  Rule: An answer is never better than the truth

    @integration @operations @hard
    Scenario Outline: While Redis is unreachable nothing is promised and nothing is called absent: <case>
      Given an instance whose line to Redis can break
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When she tries to <case> while Redis is unreachable
      Then this is refused as "state_hot_unavailable", and a repeat may help
      And once Redis is back Dana finds "compare prices" in the thread "Q3 spend"

      Examples:
        | case          |
        | write a note  |
        | read a note   |
        | list notes    |
        | remove a note |
        | take a slot   |

    @integration @operations @hard
    Scenario Outline: While Redis is unreachable, what must last is read and written all the same: <case>
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme has something that must last, and a copy of it in Redis
      When she tries to <case> while Redis stays unreachable
      Then she is served from PostgreSQL

      Examples:
        | case                          |
        | read what must last           |
        | list what must last           |
        | change what must last         |

    @integration @operations @hard
    Scenario: What was written while Redis was unreachable is told, in order, when it is back
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme listens to her changes
      And she has written and changed something that must last while Redis was unreachable
      When Redis is back and 1 second has passed
      Then Dana is told "created, updated", numbered without a gap
      And who looks next is given "changed", from Redis

    @integration @operations @hard
    Scenario: A change that cannot be told keeps nobody else waiting
      Given an instance whose line to Redis can break and whose waits can be measured
      And Ravi from Acme listens to his changes
      And Dana from Acme and then Ravi from Acme have written what must last while Redis was unreachable
      And Dana's story of changes was spoilt
      When Redis is back and 1 second has passed
      Then Ravi is told "created"

    @integration @operations @hard
    Scenario: What a writer could not tell before it died is told by another instance
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme listens to her changes
      And its last word before it died was about something that must last, while Redis was unreachable
      When another instance has looked for what was left untold
      Then Dana is told "created"

    @integration @operations @hard
    Scenario Outline: While PostgreSQL is unreachable nothing that must last is promised: <case>
      Given an instance whose line to PostgreSQL can break
      And Dana from Acme has something that must last, and a copy of it in Redis
      When she tries to <case> while PostgreSQL is unreachable
      Then this is refused as "state_durable_unavailable", and a repeat may help

      Examples:
        | case                            |
        | change what must last           |
        | remove what must last           |
        | list what must last             |
        | read the latest of it           |
        | clear the thread                |
        | read it when its copy is old    |

    @integration @operations @hard
    Scenario Outline: While PostgreSQL is unreachable, what does not need it goes on: <case>
      Given an instance whose line to PostgreSQL can break
      And Dana from Acme has something that must last, and a copy of it in Redis
      When she tries to <case> while PostgreSQL is unreachable
      Then she is served from Redis

      Examples:
        | case                          |
        | read what must last           |
        | write a note                  |

    @integration @operations @hard
    Scenario: PostgreSQL does not answer: callers are refused within 2 seconds
      Given an instance whose line to PostgreSQL can break and whose waits can be measured
      And Dana from Acme has something that must last, and a copy of it in Redis
      When she asks for the latest of it while PostgreSQL hangs
      Then this is refused as "state_durable_unavailable" within 2 seconds

    @integration @hard
    Scenario: A damaged copy is replaced from PostgreSQL
      Given Dana from Acme has something that must last, and a copy of it in Redis
      And her stored bytes were damaged
      When she looks at it twice
      Then she is given "must last" in version 1, ending in 24 hours, first from PostgreSQL and then from Redis
      And operators see 1 damaged entry of the kind "spec-plan"

    @integration @hard
    Scenario: What is damaged in PostgreSQL itself is refused
      Given Dana from Acme has something that must last, and a copy of it in Redis
      And the original was damaged, and Redis has lost everything of her company
      When she looks at it once
      Then this is refused as "state_corrupted"

    @integration @operations
    Scenario Outline: Health names changes that could not be told: <case>
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme has written something that must last, and Redis could not take it in
      When its health is asked for after <waited> seconds
      Then its health is "<state>" because "<cause>"

      Examples:
        | case            | waited | state    | cause                                                                    |
        | for 30 seconds  | 30     | up       |                                                                          |
        | for longer      | 31     | degraded | Changes of durable state have waited for more than 30 seconds to be told. |

    @integration @operations @hard
    Scenario: The answer to a write is lost on the way: the repeat stores nothing twice and returns the first outcome
      Given an instance whose line to Redis can break
      And the answer to Dana from Acme's named note "compare prices" in the thread "Q3 spend" was lost on the way
      When she repeats it once Redis is back
      Then she is given the first outcome again, and her note in the thread "Q3 spend" is still in version 1

    @integration @operations @hard
    Scenario: Redis does not answer: callers are refused within 2 seconds
      Given an instance whose line to Redis can break and whose waits can be measured
      When Dana from Acme reads while Redis hangs
      Then this is refused as "state_hot_unavailable" within 2 seconds

    @integration @operations @hard
    Scenario: After five failures in a row later callers are refused at once
      Given an instance whose line to Redis can break and whose waits can be measured
      And Redis has hung for 5 tries
      When Dana from Acme reads while Redis hangs
      Then this is refused as "state_hot_unavailable" at once

    @integration @operations @hard
    Scenario: Service is back within 5 seconds of Redis' recovery
      Given an instance whose line to Redis can break and whose waits can be measured
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Redis has hung for 5 tries
      When Redis answers again and 5 seconds have passed
      Then Dana finds "compare prices" in the thread "Q3 spend"

    @integration @hard
    Scenario: A damaged entry is never served: it is set aside and refused
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And her stored bytes were damaged
      When Dana from Acme looks into the thread "Q3 spend"
      Then this is refused as "state_corrupted"
      And the damaged bytes are kept aside, out of every list
      And operators see 1 damaged entry of the kind "spec-note"

    @integration
    Scenario: What was damaged can be started afresh
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And her stored bytes were damaged and found to be so
      When Dana from Acme notes "compare all prices" in the thread "Q3 spend"
      Then Dana finds "compare all prices" in the thread "Q3 spend"

    @unit
    Scenario: Every refusal says whether a repeat may help
      When an integrator reads what working state can be refused for
      Then these refusals say that a repeat may help: "conflict, contended, quota_exceeded, hot_unavailable, durable_unavailable, out_of_memory, watcher_too_slow"
      And these say that it does not: "invalid_key, invalid_value, too_large, invalid_lifetime, invalid_query, shape_mismatch, forbidden, erased, corrupted, misconfigured, closed"

    @integration
    Scenario: Health is up when nothing is wrong
      Given an instance that sweeps
      When its health is asked for
      Then its health is "up" because ""

    @integration
    Scenario: Health is up while a company keeps less than 90 % of what it may
      Given an instance that sweeps and lets a company keep 10 entries
      And Dana from Acme keeps 8 entries
      When it sweeps and its health is asked for
      Then its health is "up" because ""

    @integration
    Scenario: Health names a company that is nearly full
      Given an instance that sweeps and lets a company keep 10 entries
      And Dana from Acme keeps 9 entries
      When its health is asked for 30 seconds later
      Then its health is "degraded" because "Companies that keep 90 % or more of what they may: 1."

    @integration @operations
    Scenario: Health names a sweep that is late
      Given an instance whose line to Redis can break and whose waits can be measured
      And its sweeps could not reach Redis for 3 minutes
      When its health is asked for
      Then its health is "degraded" because "Nothing has been swept for more than two minutes."

    @integration @operations
    Scenario: Health is down while Redis is not asked
      Given an instance whose line to Redis can break and whose waits can be measured
      And Redis has hung for 5 tries
      When its health is asked for
      Then its health is "down" because "Redis has failed too often; it is asked again in a moment."

    @integration @operations
    Scenario: Health is down while Redis is unreachable
      Given an instance whose line to Redis can break
      And Redis is unreachable
      When its health is asked for
      Then its health is "down" because "Redis does not answer."

    @integration @operations
    Scenario: A Redis that drops entries on its own keeps the instance from taking work
      Given a Redis of its own in which Dana from Acme has noted "compare prices" in the thread "one"
      And this Redis may drop entries on its own
      When its health is asked for
      Then its health is "misconfigured" because "Redis drops entries on its own (maxmemory-policy allkeys-lru). Set it to noeviction."

    @e2e @operations
    Scenario: An instance does not take work while its Redis may drop entries on its own
      Given an instance of the platform is serving with a Redis of its own
      When this Redis may drop entries on its own
      Then the instance says within 15 seconds that it is not ready
