@enterprise @configuration-manager
Feature: Limits by plan
  What a company keeps and asks for costs space and time that others share. Each plan says how much that may be; whoever
  reaches a limit is told which one and what to do, and nobody else notices.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: No customer, careless or hostile, can use up what others have paid for
    Revenue: enterprise

  @CF-09
  Rule: A company that reaches a limit of its plan is told which one, and its neighbours notice nothing

    @e2e @operations @hard
    Scenario: A company that has used up its threads is told so, and its neighbour notices nothing
      Given Birch has used up the 1,000 threads of its plan
      When Leo from Birch opens one more thread
      Then that is refused because "Your company has 1000 threads, as many as its plan allows. Delete one first, or ask for a larger plan."
      And Dana from Acme opens a thread as before

    @e2e
    Scenario Outline: A company that has used up its different names is told so, and its neighbour notices nothing: <case>
      Given Leo from Birch has reported calls of <most> different <names>
      When he reports a call of one more
      Then that is refused because "Nothing was recorded: your company has reported <most> different <names>, as many as its plan allows, and events[0].<name> is another one. <way out>"
      And his company's usage counts <most> calls
      And Dana from Acme reports a call of one more as before

      Examples:
        | case     | most | names    | name    | way out                                                                               |
        | features | 100  | features | feature | Report the part of your product that made the call, never ids of your own customers. |
        | models   | 50   | models   | model   | Report the name that the provider gives the model, without ids or dates of your own. |
