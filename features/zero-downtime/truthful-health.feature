@zero-downtime @lifecycle-manager
Feature: Truthful health
  A front door sends customers where an instance says that it can serve them. One that says so and cannot costs every customer who
  is sent there; one that says no at the first hiccup takes the whole service away at once.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Customers are sent to instances that can serve them, and to no other
    Revenue: zero-downtime

  @LC-03
  Rule: Health is truthful and steady

    @e2e @operations @hard
    Scenario: Two instances lose PostgreSQL: both turn customers away, neither is restarted, and both serve again when it is back
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      And a second instance is serving beside it
      And PostgreSQL has become unreachable
      And both instances say within 10 seconds that they are not ready, and that no restart would help
      When PostgreSQL answers again
      Then both instances say within 15 seconds that they are ready

    @e2e @operations @hard
    Scenario: An instance that loses Redis serves on, says so, and is whole again when it is back
      Given an instance of the platform is serving that can be cut off from Redis
      And Redis has become unreachable
      And the instance says within 10 seconds that it is degraded, and still serves
      When Redis answers again
      Then the instance says within 15 seconds that it is ready, and not degraded

    @e2e @operations @hard
    Scenario: An instance that is frozen gets no new customers and counts as dead, while the other one serves
      Given two instances of the platform are serving behind a front door
      When one of the two is frozen
      Then within 2 seconds nobody is sent to it
      And within 10 seconds it counts as dead, and the other one as alive

    @e2e @operations @hard
    Scenario: An instance is killed: within a second everybody is served by the other one
      Given two instances of the platform are serving behind a front door
      When one of the two is killed
      Then within 1 second nobody is sent to it
      And each of the next 20 calls of Dana from Acme through the front door is answered
