@enterprise @id-manager
Feature: What belongs together is named together
  When an enterprise customer asks about one answer, support must find the conversation it belongs to within minutes and
  never guess it.

  Business value:
    Segment: Enterprise
    Goal: Retention
    Impact: Every answer can be traced to the conversation and request it came from
    Revenue: enterprise

  @ID-05
  Rule: A run leads back to its conversation

    @unit
    Scenario Outline: What belongs together is named together: <case>
      Given an instance that gives names
      When a request comes with <known>
      Then the names of <kept> are kept
      And the names of <new> are new

      Examples:
        | case                                        | known            | kept        | new                  |
        | nothing given, all new                      | nothing          | none        | thread, run, request |
        | thread given, new run                       | a thread         | thread      | run, request         |
        | thread and run given, new request only      | a thread and a run | thread, run | request            |
