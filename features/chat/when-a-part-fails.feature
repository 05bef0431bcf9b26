@chat @websocket-manager
Feature: When a part fails
  Machines fail in the middle of answers. Customers forgive a pause; they do not forgive a lost answer, an answer that
  was made up, or a question that vanished without a word.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: The loss of a part costs a pause or an honest refusal, never a wrong or missing answer
    Revenue: chat

  @WS-11
  Rule: The loss of a part delays the story, never changes it

    @e2e @operations @hard
    Scenario: Redis is lost in the middle of an answer, and every event still arrives once
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When Redis becomes unreachable as soon as the agent has started on "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled

    @e2e @operations @hard
    Scenario: While PostgreSQL is unreachable the sender is told that nothing was taken, and it never appears later
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When PostgreSQL becomes unreachable, and she sends "Where does our money go?" on her phone
      Then her phone is refused it as "store_unavailable"
      And the thread is empty when PostgreSQL is back, and her phone is still open

    @integration @hard
    Scenario: PostgreSQL restarts while lines are open, and the story goes on with the next number
      Given PostgreSQL can be restarted
      And Dana watches the thread "Q3 spend" on a line of her phone
      And her agent has handed in: the question, the start
      When PostgreSQL restarts while her agent hands in a thought and her phone asks for the thread once more
      Then her agent and her phone are both refused it as "store_unavailable"
      And her phone is still open, and shows what her agent hands in next as event 3, and nothing in between

  @WS-13
  Rule: Operators are told what happened, and speed is kept under load

    @integration @hard
    Scenario: After many devices have come and gone, what operators are told equals what the devices saw
      Given 14 devices each of Dana, Ravi and Leo came, and followed a thread of their own with 5 events
      When 3 of each person's devices leave, 2 are torn off and 1 says too much at once
      Then operators are told the same as the devices saw, which is:
        | admitted | refused | events | open | ended: left | ended: lost | ended: message_too_big | ended: connection_limit |
        | 38       | 4       | 190    | 20   | 9           | 6           | 3                      | 4                       |

    @e2e @operations @hard
    Scenario Outline: Readiness is honest while a store is away: <store>
      Given an instance of the platform is serving that can be cut off from <store>
      When <store> becomes unreachable
      Then the instance says within 15 seconds that it is <state>

      Examples:
        | case            | store      | state                      |
        | Redis away      | Redis      | degraded, and still serves |
        | PostgreSQL away | PostgreSQL | not ready                  |
