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
    Scenario Outline: While Redis is away nothing is promised and nothing is called absent: <case>
      Given an instance can be cut off from Redis
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When she <tries> the thread "Q3 spend" while Redis is away
      Then she is refused because Redis cannot be reached, and a repeat may help
      And once Redis is back Dana finds "compare prices" in the thread "Q3 spend"

      Examples:
        | case  | tries           |
        | write | notes "hire" in |
        | read  | looks into      |

    @integration @operations @hard
    Scenario: While Redis is away, what must last is written and read all the same
      Given an instance can be cut off from Redis
      And Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      When she settles on "hire" in the thread "Q3 spend" while Redis is away
      Then Dana finds "hire" in the thread "Q3 spend", in PostgreSQL

    @integration @operations @hard
    Scenario: While PostgreSQL is away, what must last is not promised
      Given an instance can be cut off from PostgreSQL
      And Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      When she settles on "hire" in the thread "Q3 spend" while PostgreSQL is away
      Then she is refused because PostgreSQL cannot be reached, and a repeat may help
      And Dana finds "compare prices" in the thread "Q3 spend", in Redis

    @integration @operations @hard
    Scenario: The answer to a write is lost on the way: the repeat stores nothing twice and returns the first outcome
      Given an instance can be cut off from Redis
      And the answer to Dana from Acme's note "compare prices" in the thread "Q3 spend" was lost on the way
      When she repeats it once Redis is back
      Then she is given the first outcome, and her note in the thread "Q3 spend" is in version 1

    @integration @operations @hard
    Scenario: Redis hangs: callers are refused within 2 seconds
      Given an instance can be cut off from Redis
      When Dana from Acme looks into the thread "Q3 spend" while Redis hangs
      Then she is refused because Redis cannot be reached, within 2 seconds

    @integration @operations @hard
    Scenario: Service is back within 5 seconds of Redis' recovery
      Given an instance can be cut off from Redis
      And Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Redis has hung five times in a row for Dana from Acme
      When Redis has been back for 5 seconds
      Then Dana finds "compare prices" in the thread "Q3 spend"

    @integration @hard
    Scenario: A damaged note is never served
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And Dana's stored bytes were damaged
      When Dana from Acme looks into the thread "Q3 spend"
      Then she is refused because what stands there is damaged

    @integration @hard
    Scenario: A damaged copy of what must last is replaced from PostgreSQL
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      When Dana's stored bytes are damaged
      Then Dana finds "compare prices" in the thread "Q3 spend", in PostgreSQL
      And Dana finds "compare prices" in the thread "Q3 spend", in Redis

    @e2e @operations
    Scenario: An instance does not take work while its Redis may drop entries on its own
      Given an instance of the platform is serving with a Redis of its own
      When this Redis may drop entries on its own
      Then the instance says within 15 seconds that it is not ready
