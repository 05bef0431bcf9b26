@enterprise @auth
Feature: Signing in with the company's own provider
  People have one sign-in at work and want no other. Whoever comes between them and their provider must not become them.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Nobody becomes somebody else on the way through an identity provider
    Revenue: enterprise

  @AU-06
  Rule: Sign-in with a provider cannot be steered by a third party

    @e2e @operations
    Scenario: Whoever signs in with the provider for the first time, twice at once, is one person
      Given Birch signs in with its own provider, which knows Leo as "owner"
      When Leo signs in with it twice at once
      Then both times he is let in, as the same person
      And Birch's people are "The owner, owner" and "leo, member"

    @e2e @operations @hard
    Scenario Outline: A sign-in is answered once, in its own browser: <case>
      Given Acme signs in with its own provider, which knows Dana
      And the provider has sent Dana's browser back
      When her answer is shown <how>
      Then the first time it is <first>, and the second time <second>

      Examples:
        | case            | how                | first                                              | second                                             |
        | again           | again              | let in                                             | refused because it counts once, in its own browser |
        | again, at once  | twice at once      | let in                                             | refused because it counts once, in its own browser |
        | another browser | in another browser | refused because it counts once, in its own browser | let in                                             |

    @e2e @operations @hard
    Scenario Outline: A doctored statement lets nobody in: <case>
      Given Acme signs in with a provider whose statement <doctored>
      When Dana signs in with her company's provider
      Then she is refused because the provider is not believed
      And Acme's people are "The owner, owner"

      Examples:
        | case            | doctored                              |
        | unsigned        | is not signed                         |
        | stranger's key  | is signed with a key of somebody else |
        | other audience  | was made for another product          |
        | other issuer    | names another provider                |
        | stale           | answers an earlier sign-in            |
        | expired         | has expired                           |
        | mixed up        | comes from a mixed-up provider        |

    @e2e @operations @hard
    Scenario Outline: A provider in trouble leaves no half-made person, and another try succeeds: <case>
      Given Acme signs in with a provider that <trouble>
      When Dana signs in with her company's provider
      Then she is refused because the provider cannot be reached
      And Acme's people are "The owner, owner"
      And once the provider is well again she is let in

      Examples:
        | case       | trouble                      |
        | silent     | answers nothing              |
        | failing    | fails                        |
        | unreadable | answers what nobody can read |
        | keyless    | has lost its keys            |

    @e2e @operations @hard
    Scenario: While Acme's provider is silent, Birch's people come in at once
      Given Acme signs in with a provider that answers nothing
      And Birch signs in with its own provider, which knows Leo
      When Dana and Leo sign in with their providers at the same moment
      Then Leo is let in before Dana is told to try again

    @e2e @operations @hard
    Scenario Outline: An e-mail alone never joins two people: <case>
      Given Acme signs in with its own provider, which knows Dana
      And <stranger>
      When Dana signs in with her company's provider
      Then she is refused because the provider is not believed
      And Acme's audit trail says that <reason>

      Examples:
        | case              | stranger                                                    | reason                           |
        | not verified      | the provider has not verified Dana's e-mail                 | the e-mail was not verified      |
        | changed hands     | somebody who had Dana's e-mail before has signed in with it | the e-mail has changed hands     |
        | registered before | another company has registered Dana's e-mail                | the e-mail is of another company |
