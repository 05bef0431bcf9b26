@enterprise @configuration-manager
Feature: Settings on every instance
  A company that lowers a limit because of an incident means now, everywhere. A limit that holds on one server and not on
  the next is none.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: What a company decides holds on every server within two seconds, whatever else is broken
    Revenue: enterprise

  @CF-08
  Rule: A change is in force everywhere within two seconds

    @e2e @operations @hard
    Scenario: A limit that is lowered through one instance holds on the other
      Given an instance of the platform is serving
      When Ada from Acme sets the threads of a person to 20 through another instance
      Then this instance goes by 20 within 2 seconds

    @e2e @operations @hard
    Scenario: An instance that is not told finds the change by itself
      Given an instance of the platform is serving that can be cut off from Redis
      And Redis has become unreachable
      When Ada from Acme sets the threads of a person to 20 through another instance
      Then this instance goes by 20 within 2 seconds

    @e2e @operations @hard
    Scenario: An instance that cannot tell the others takes the change, says so, and they find it
      Given an instance of the platform is serving that can be cut off from Redis
      And Redis has become unreachable
      When Ada from Acme sets the threads of a person to 20 through this instance
      Then she is told that the others find it by themselves
      And the other instance goes by 20 within 2 seconds
