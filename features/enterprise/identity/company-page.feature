@enterprise @auth
Feature: The company's page
  An administrator of a large customer is no developer. What a company may decide about its people, keys and sign-ins has to be
  done by reading and clicking.

  Business value:
    Segment: Enterprise
    Goal: Conversion
    Impact: A company runs its own people and sign-ins without writing to us
    Revenue: enterprise

  @AU-15
  Rule: Administrators run their company on its page

    @e2e
    Scenario: People are added, promoted and removed
      Given Olga from Acme has opened her company's page
      When she adds a colleague there, makes him administrator and removes him
      Then meanwhile the page listed "Cleo, member" and "Cleo, administrator"
      And the page lists "Olga, owner" alone

    @e2e
    Scenario: An API key is shown once, and revoked
      Given Olga from Acme has opened her company's page
      When she makes an API key there
      Then the secret that she is shown lets a program in, until she revokes the key there

    @e2e
    Scenario: The audit trail is read and verified, and nothing is a barrier
      Given Olga from Acme has opened her company's page
      When she verifies the audit trail there
      Then the page says that all 3 entries are intact
      And nothing on it is a serious barrier to anybody

    @e2e
    Scenario: On a phone nothing is cut off
      Given Olga from Acme has opened her company's page
      When she turns to a screen as narrow as a phone
      Then neither this page nor the chat is cut off there

    @e2e @operations
    Scenario: An owner proves a domain of her company
      Given Acme signs in with its own provider, which knows Dana
      And Olga from Acme has opened her company's page
      When she claims and proves another domain there
      Then the page says that the domain is proven
      And nothing on it is a serious barrier to anybody

    @e2e @hard
    Scenario: A member is led to no such page
      When Dana from Acme signs in on the page as an administrator does
      Then the page leads her to no company's page
