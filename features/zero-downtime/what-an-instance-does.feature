@zero-downtime @lifecycle-manager
Feature: What an instance has under way
  Whoever replaces an instance must see who is still served there: a figure that always reads nothing invites them to stop it
  in the middle of a customer's answer.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Instances are replaced when nobody is in the middle of an answer
    Revenue: zero-downtime

  @LC-11
  Rule: Operators see what an instance is doing

    @e2e @operations
    Scenario: An open connection and a question that is being answered are counted
      Given an instance of the platform is serving whose language model never answers
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then operators read that it has 1 connection open and at least 1 question under way

    @e2e @operations
    Scenario: A phone that has gone is no longer counted
      Given an instance of the platform is serving
      And Dana from Acme has asked "Where does our money go?" on a phone there, in the thread "Q3 spend"
      When her phone has shown the whole answer and loses its connection
      Then operators read that it has 0 connections open

    @e2e @operations @hard
    Scenario: Whoever is no operator learns no part, address or cause; operators read which part is away, and how it came to serve
      Given an instance of the platform has started while ClickHouse was away
      When somebody who is no operator asks how the instance is
      Then they learn this and no more: "ok, phase, degraded, since"
      And operators read that "clickhouse" is away since the start, and how the instance came to serve
