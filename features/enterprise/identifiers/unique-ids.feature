@enterprise @id-manager
Feature: An id that nobody else has
  Everything an enterprise customer owns is found by its id. Two things under one id is how one company's data ends up in
  another company's chat, and that ends the contract.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Nothing a company owns can ever be mixed up with something of another company
    Revenue: enterprise

  @ID-01
  Rule: No two things ever share an id

    @integration @hard @operations
    Scenario: Eight instances write 20,000 records each at the same moment without one clash
      Given eight instances have given 20,000 ids each at the same moment
      When each of them stores a record under every id it gave
      Then 160,000 records are stored

    @integration @hard
    Scenario: A second record under the same id is refused and leaves the first one untouched
      Given Acme has opened a migration
      When a faulty instance opens Birch's migration under the same id
      Then the store refuses Birch's migration
      And Acme's migration is open, and Birch has none

    @integration @hard @operations
    Scenario: Ids are given while PostgreSQL is unreachable
      Given PostgreSQL is unreachable for an instance
      When it gives 100,000 ids
      Then no id was given twice
      And all 100,000 records can be stored when PostgreSQL is reachable again
