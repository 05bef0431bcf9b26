@enterprise @id-manager
Feature: Ids are validated strictly
  What comes in from outside may be mistyped, cut off or forged. It is checked once, in one way, and a refusal tells an
  integrator what to send instead, without repeating what an attacker sent.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: No misspelt or forged id ever reaches a company's records
    Revenue: enterprise

  @ID-04
  Rule: What comes in is checked once, strictly

    @e2e
    Scenario Outline: A plain UUID is refused with the way out: <case>
      Given Dana from Acme has signed in
      When she asks for the thread with the id "<id>"
      Then she is refused because "threadId" is a plain UUID

      Examples:
        | case            | id                                            |
        | hyphenated      | 01890a5d-ac96-774b-bcce-b302099a8057          |
        | braced          | {01890a5d-ac96-774b-bcce-b302099a8057}        |
        | as a URN        | urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057 |
        | without hyphens | 01890a5dac96774bbcceb302099a8057              |

    @e2e
    Scenario Outline: A mistyped id is refused, never repaired: <case>
      Given Dana from Acme has signed in
      When she asks for the thread with the id "<id>"
      Then she is refused because "threadId" is <fault>

      Examples:
        | case                      | id                                | fault                     |
        | in capitals               | THREAD_01H455VB4PEX5VSKNK084SN02Q | not in small letters      |
        | a letter that is not used | thread_01h455vb4pex5vsknk084sn02l | misspelt                  |
        | last character missing    | thread_01h455vb4pex5vsknk084sn02  | not of 26 characters      |

    @e2e @hard
    Scenario Outline: A placeholder for an id means nothing on a production build: <case>
      Given Dana from Acme has signed in
      When she asks for the thread with the id "<case>"
      Then she is refused because "threadId" is too short

      Examples:
        | case      |
        | pending   |
        | default   |
        | test      |
        | anonymous |

    @e2e @hard
    Scenario: A mistyped id on an open connection is refused, and the connection goes on
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has asked "How can we cut our AI spending?"
      When she follows the thread with the id "01890a5d-ac96-774b-bcce-b302099a8057" on her laptop
      Then she is refused because "threadId" is a plain UUID
      And her laptop shows the whole answer
