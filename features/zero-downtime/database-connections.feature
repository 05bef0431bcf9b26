@zero-downtime @database-manager
Feature: Connections to the database
  What customers keep stands in one database that all of them share. It stays fast for everybody only where a crowd of
  requests takes turns instead of opening ever more connections, and where a wrong address is noticed before a release.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: A crowd of requests slows itself down and nobody else, and a wrong address never reaches customers
    Revenue: zero-downtime

  @DB-05
  Rule: Connections are bounded, and whoever finds no room is told

    Background:
      Given Acme has stored the threads "Q3 spend" and "Team offsite"

    @integration @hard
    Scenario: A company's crowd of requests takes turns on twelve connections, and each is answered
      When 200 requests of Acme reach the database at once
      Then 200 of them are answered
      And the database has counted 12 connections for them, and no more

    @integration @hard
    Scenario: Whatever one company sends, another's request finds a connection
      Given Acme has sent 100 requests to the database, and 12 of them are at work
      When a request of Birch reaches the database
      Then it is answered before any of Acme's

    @integration @hard
    Scenario: Whoever comes while 200 others wait is told how busy the database is
      Given 12 requests of Acme are at work in the database
      When 215 requests of Acme reach the database at once
      Then 200 of them are answered
      And 15 of them are told "The database is busy: 200 others are waiting already (12 in use). Try again in a second."

  @DB-11
  Rule: When the database's server is lost, its replica takes over, and work goes on

    @e2e @operations @hard
    Scenario: Dana works on after the server was lost, and finds all that was stored
      Given an instance of the platform is serving on a database with a replica
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And the database's server has been lost, and its replica has taken over
      When she asks "Where does our money go?"
      Then her phone shows the whole answer, with no event missing or doubled
      And Dana still has the thread "Q3 spend"

  @DB-07
  Rule: The address is right, or the platform does not start

    @e2e @operations
    Scenario: A password may hold any character
      Given the password of the database is written in its address with a percent code for each character
      When an instance of the platform starts with that address
      Then it serves customers

    @e2e @operations @hard
    Scenario: A database that does not exist ends the start at once
      Given the address names a database that does not exist
      When an instance of the platform starts with that address
      Then it ends with exit status 20 without trying again
      And its log says "The database refused the login or has no such database. Check user, password and name."

  @DB-09
  Rule: A database that does not answer is found and named

    @e2e @operations @hard
    Scenario: A database that takes every question and answers none is named, while the instance itself answers
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      When PostgreSQL has fallen silent
      Then the instance says within 15 seconds that it is not ready
      And operators read there "no answer within 1000 ms"

  @DB-10
  Rule: A stop loses no work without saying so

    @integration @hard
    Scenario: What is at work when an instance stops is finished, and no connection is left behind
      Given 5 requests of Acme are at work in the database
      When the instance stops, with 5 seconds for what is at work
      Then it reports 5 finished, 0 undone, 0 refused
      And no connection is left behind

    @integration @hard
    Scenario: Work that does not end in time is undone and counted
      Given 5 requests of Acme are at work in the database
      When the instance stops, with 100 milliseconds for what is at work
      Then it reports 0 finished, 5 undone, 0 refused
      And no connection is left behind
