@chat @agent-registry
Feature: Operators know how answers are doing
  Whoever runs the platform must see trouble before customers tell of it, and must be able to believe the figures.

  Business value:
    Segment: Mid, Enterprise
    Goal: Retention
    Impact: Runs that hang are named within half a minute, and counts and durations are those that are stored
    Revenue: chat

  @AG-14
  Rule: Operators are told what happened, and speed is kept under load

    @integration
    Scenario: Runs that began and ended are counted
      Given the agents have answered Dana from Acme "Where does our money go?"
      When she asks the agents "Will it rain tomorrow?"
      Then operators count 2 runs taken after waiting
      And operators count 2 runs "ended"
      And nothing is under way on the first instance

    @integration @hard
    Scenario Outline: Health names a run that nobody has taken over for more than 30 seconds: <case>
      Given the optimisation of Dana from Acme is held up
      And the run's lease ran out <ago> ago
      And nobody can say who has which rights
      When another instance looks, and can take nothing
      Then it says "<said>"

      Examples:
        | case       | ago        | said                                                 |
        | 30 seconds | 30 seconds | up                                                   |
        | 31 seconds | 31 seconds | degraded: A run has had no instance for 31 seconds. |

    @integration @hard
    Scenario: Counts and durations of runs are those that PostgreSQL holds
      Given every answer is held up
      And 12 people of Birch have asked the first instance, 2 are worked on and 10 wait
      And 20 people of Acme have asked the first instance, 20 are worked on and 0 wait
      When after 7 seconds 6 of those that wait are stopped and 3 that are worked on, and after 4 seconds the rest goes on, 3 of it in vain
      Then counts and durations that operators read are those of the stored runs
