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
      Then her phone is refused as "store_unavailable"
      And the thread is empty when PostgreSQL is back, and her phone is still open

  @WS-12
  Rule: A deployment is a short pause

    @e2e @operations @hard
    Scenario: An instance that is told to stop sends newcomers away, and serves whoever is there until they have moved
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When the instance is told to stop
      Then her phone is asked to move
      And newcomers there are refused as "restarting"
      And her phone is still connected

  @WS-13
  Rule: Operators read of connections what the devices saw

    @e2e @operations @hard
    Scenario: What operators read of connections equals what the devices saw
      Given an instance of the platform is serving
      And 12 devices of Leo from Birch have connected there
      When 3 of them leave and 1 loses its connection
      Then operators read of connections:
        | open | admitted | refused | connection_limit | left | lost |
        | 6    | 10       | 2       | 2                | 3    | 1    |
