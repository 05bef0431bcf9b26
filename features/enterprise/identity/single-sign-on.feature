@enterprise @auth
Feature: Single sign-on
  A large customer decides at one place who works for it. Its rules for signing in hold here as well, or it does not buy.

  Business value:
    Segment: Enterprise
    Goal: Conversion
    Impact: A company's own sign-in rules hold on the platform, and nobody else can speak for its people
    Revenue: enterprise

  @AU-08
  Rule: A company decides how its people sign in

    @e2e @operations
    Scenario: Where Acme signs in with its provider only, every other way in is closed
      Given Acme signs in with its own provider, which knows Dana
      And Dana from Acme has signed in with her password
      When Acme makes its provider the only way in
      Then her password and her renewal are refused because the company signs in with its provider only
      And Dana can sign in with her company's provider

    @e2e @operations @hard
    Scenario: Acme's named emergency owner gets in with password and code, on record
      Given Acme signs in with its own provider only, with an emergency owner
      When the emergency owner signs in with her password alone
      Then she is asked for a code, and with it she is in
      And Acme's audit trail says that it was an emergency

    @e2e @operations @hard
    Scenario: Of two companies that can prove one domain at once, one gets it
      Given Acme signs in with its own provider, which knows Dana
      And Birch signs in with its own provider, which knows Leo
      When Acme and Birch prove the same domain at once
      Then one of them has it, and the other is refused because another company has proven it

    @e2e @operations @hard
    Scenario: A domain that does not publish its record is not proven
      Given Acme signs in with its own provider, which knows Dana
      When Acme claims another domain and publishes nothing
      Then its proof is refused because its record is missing

    @e2e @operations @hard
    Scenario: Birch's provider vouching for an Acme e-mail opens nothing, and both companies are told
      Given Acme signs in with its own provider, which knows Dana
      And Birch signs in with its own provider, which says that Leo has Dana's e-mail
      When Leo signs in with his company's provider
      Then he is refused because the provider is not believed
      And Birch's audit trail says that it has no such domain
      And Acme's audit trail says that another company vouched for its e-mail

    @e2e @operations @hard
    Scenario Outline: A provider's address that leads into the platform's own network is refused: <case>
      When Acme's owner connects the provider "<issuer>"
      Then that is refused because that address is never asked, and Acme has no provider

      Examples:
        | case           | issuer                               |
        | plain http     | http://login.example                 |
        | loopback       | https://127.0.0.1                    |
        | link-local     | https://169.254.169.254              |
        | private        | https://10.0.0.1                     |
        | private, IPv6  | https://[fd00::1]                    |
        | a private name | https://inside.example               |

    @e2e @operations @hard
    Scenario: Acme's provider signs Dana out within 5 seconds, on her open connection too
      Given Acme signs in with its own provider, which knows Dana
      And Dana has signed in with it, and her laptop is connected
      When she signs out at her company's provider
      Then within 5 seconds calls of her laptop are refused because the sign-in has ended, and it is disconnected

    @e2e @operations @hard
    Scenario: Whoever Acme has removed is not brought back by its provider
      Given Acme signs in with its own provider, which knows Dana
      And Dana has signed in with it, and her laptop is connected
      And an owner of Acme has removed her
      When Dana signs in with her company's provider
      Then she is refused because the provider is not believed
      And Acme's audit trail says that she was removed
