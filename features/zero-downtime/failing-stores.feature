@zero-downtime @lifecycle-manager
Feature: Stores as they really fail
  Stores seldom just vanish. They are demoted, run full, answer late, or come back empty, and look alive all the while. What a
  customer was told is kept must survive that, and operators must read what is wrong in words that they can act on.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A store that fails half-way costs a customer nothing that was promised, and is found at once
    Revenue: zero-downtime

  @LC-14
  Rule: A store that fails without vanishing is named, nothing that was promised is lost, and it is used again when it is well

    @e2e @operations @hard
    Scenario Outline: Dana is answered while Redis <case>, and operators read what is wrong
      Given an instance of the platform is serving with a Redis of its own that <case>
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled
      And the instance says within 10 seconds that it is degraded, and still serves
      And operators read there what begins with <operators read>

      Examples:
        | case                      | operators read                  |
        | is a read-only replica    | "Redis is a read-only replica." |
        | has no memory left        | "Redis has no memory left"      |
        | lets nobody write         | "Redis does not let this login" |

    @e2e @operations @hard
    Scenario: A Redis that was a replica for a while is used again without a restart
      Given an instance of the platform is serving with a Redis of its own that is a read-only replica
      And the instance says within 10 seconds that it is degraded, and still serves
      When Redis is the primary again
      Then the instance says within 15 seconds that it is ready, and not degraded

    @e2e @operations @hard
    Scenario: A Redis that is restarted loses nothing that a customer was promised
      Given an instance of the platform is serving with a Redis of its own
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And she has been answered "What did gpt-4o cost?"
      And Redis was restarted, and has come back empty
      When she asks "And in the last month?"
      Then her phone shows the whole answer, with no event missing or doubled, and about the model gpt-4o alone

    @e2e @operations @hard
    Scenario Outline: Customers are sent elsewhere while PostgreSQL <case>, and come back without a restart
      Given an instance of the platform is serving on a database with a replica
      And the database's server <case>
      And the instance says within 10 seconds that it is not ready
      And operators read there what begins with <operators read>
      When the database's server is well again
      Then the instance says within 15 seconds that it is ready

      Examples:
        | case                           | operators read                            |
        | has become a read-only replica | "PostgreSQL takes no writes."             |
        | has no room left on its disk   | "PostgreSQL's disk has no room left" |

    @e2e @operations @hard
    Scenario: Usage can be reported again to a ClickHouse that has come back empty, without a restart
      Given an instance of the platform is serving on a ClickHouse that has come back empty
      When a program of Dana from Acme has reported 3 calls
      Then her usage shows 3 calls
