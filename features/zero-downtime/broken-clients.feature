@zero-downtime @lifecycle-manager
Feature: Broken clients
  The internet sends everything: scanners, half-written programs, phones in tunnels, and people who want to do harm. If one
  connection could end an instance, or make it grow until it dies, a stranger could take the service away from every
  customer at once, and no deployment would help.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Whatever one connection does, every other customer is served as before
    Revenue: zero-downtime

  @LC-12
  Rule: A broken client costs only its own connection

    @e2e @operations @hard
    Scenario: Dana is answered while four hundred broken clients come and go, and the instance keeps nothing of them
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?" while 400 broken clients come and go
      Then her phone shows the whole answer, with no event missing or doubled
      And the same instance serves on, with no connection of theirs open and less than 8 MiB of memory kept

    @e2e @operations @hard
    Scenario: A stranger who opens every connection they can get keeps no more than their share of an instance
      Given an instance of the platform is serving that takes 60 connections, 20 of them from one address
      And a stranger has opened 200 connections there from one address, and asked on each
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled
      And the stranger was refused as "too_many_connections", and not otherwise

    @e2e @operations @hard
    Scenario: Connections on which nobody says anything make room for whoever comes with a question
      Given an instance of the platform is serving that takes 60 connections, 20 of them from one address
      And a stranger has opened 200 connections there from 10 addresses, and said nothing
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled

    @e2e @operations @hard
    Scenario: Whoever is connected stays connected while an instance is full
      Given an instance of the platform is serving that takes 60 connections, 20 of them from one address
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And a stranger has opened 200 connections there from 10 addresses, and asked on each
      When she asks "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled
      And the stranger was refused as "overloaded", and not otherwise
