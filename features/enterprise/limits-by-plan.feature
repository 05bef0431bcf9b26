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
      Then it is refused with the reason "Your company has 1000 threads, as many as its plan allows. Delete one first, or ask for a larger plan."
      And Dana from Acme opens a thread as before
