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

    @e2e
    Scenario: The thread name handed to Dana's laptop opens the same conversation on her phone
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When she opens the thread by its name on her phone
      Then her phone and her laptop show the same story to its end

    @e2e
    Scenario: Support finds the conversation of a run by its stored link
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When the conversation of her run is looked up
      Then it is found to be her thread "Q3 spend"

    @e2e
    Scenario: A run that never was leads to no conversation
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      When the conversation of a run that never was is looked up for her
      Then no conversation is found, as "run_not_found"
