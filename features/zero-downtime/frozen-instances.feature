@zero-downtime @agent-registry
Feature: Frozen instances
  A machine that is starved or moved stands still for half a minute and then goes on as if nothing had happened. By then
  somebody else has answered in its place. If it wrote on where it stood, customers would read two endings of one answer.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: An answer has one author at a time, whatever happens to the machine it is made on
    Revenue: zero-downtime

  @AG-21
  Rule: Whoever was given up for lost writes nothing more

    @e2e @operations @hard
    Scenario: An instance that was frozen in the middle of an answer goes on, and leaves what another has told as it is
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And Dana from Acme has a laptop open there on the thread "Q3 spend"
      And ClickHouse has fallen silent
      And she has asked "Where does our money go?"
      And the instance was frozen while it read, and another one has answered her on a tablet
      When the frozen instance goes on, and ClickHouse answers it
      Then it gives the question up
      And her laptop and her tablet show the same story to its end
      And nothing was added to what her tablet has shown
