@enterprise @auth
Feature: Second factor
  A password that was phished, guessed or bought opens a company's business to whoever has it. With a second factor it opens
  nothing by itself, and a device that was left open changes nothing that matters.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A stolen password alone is worth nothing, and a stolen device cannot take the company over
    Revenue: enterprise

  @AU-09
  Rule: A second factor means two proofs

    @e2e
    Scenario: A password alone opens nothing, and with the code Dana is in
      Given Dana from Acme has set up a second factor
      When she signs in with her password alone
      Then she is asked for a code, and what she was given opens nothing
      And with the code of her app she is in

    @e2e
    Scenario: A set-up that was never confirmed asks for nothing
      Given Dana from Acme has begun to set up a second factor
      When she signs in on a phone
      Then her phone is let in

    @e2e @hard
    Scenario: Five wrong codes end the attempt, and starting again does not refill the allowance
      Given Dana from Acme has set up a second factor
      When somebody who knows her password tries 5 wrong codes in each of 2 sign-ins, and then the right one
      Then 10 codes were wrong, and the right one has to wait for 15 minutes

    @e2e @hard
    Scenario Outline: A code works once: <case>
      Given Dana from Acme has set up a second factor
      When she signs in twice with <code>, <how>
      Then one of the two is let in, and the other is refused because the code was used before

      Examples:
        | case                   | code                      | how                 |
        | app code               | the same code of her app  | one after the other |
        | app code, at once      | the same code of her app  | at once             |
        | backup code            | the same backup code      | one after the other |
        | backup code, at once   | the same backup code      | at once             |

    @integration @hard
    Scenario Outline: A sensitive action asks for a proof younger than 10 minutes: <case>
      Given Ada from Acme signed in <age> ago
      When she <acts>
      Then her attempt is <answer>

      Examples:
        | case            | age        | acts                                                          | answer                                    |
        | a role, in time | 9 minutes  | changes a role                                                | done                                      |
        | a role          | 10 minutes | changes a role                                                | refused because the last proof is too old |
        | an API key      | 10 minutes | makes an API key                                              | refused because the last proof is too old |
        | another device  | 10 minutes | signs out her other devices                                   | refused because the last proof is too old |
        | proven again    | 10 minutes | proves with her password that it is her, and makes an API key | done                                      |

    @e2e
    Scenario: Whoever has lost her phone is helped by an administrator
      Given Dana from Acme has set up a second factor
      When Ada from Acme removes Dana's second factor
      Then Dana can still sign in

    @e2e
    Scenario: A new second factor ends every other device
      Given Dana from Acme has signed in on a laptop
      When she sets up a second factor elsewhere
      Then within 2 seconds calls, renewal and live connection of her laptop end because the sign-in has ended

    @e2e
    Scenario: Where Acme asks for a second factor, a password alone opens only the way to set one up
      Given Acme asks everybody for a second factor
      When Dana from Acme signs in
      Then calls and live connection refuse her because a second factor is missing
      And once she has set up a second factor, she may use the chat

    @e2e
    Scenario: When Acme begins to ask for a second factor, open chats of those who have none end
      Given Dana from Acme has signed in on a laptop
      And she has signed in on the chat page
      When Acme asks everybody for a second factor
      Then within 2 seconds calls and live connection of her laptop end because a second factor is missing
      And the page leads her to setting one up

    @e2e @operations
    Scenario: Whoever comes in with the company's provider has proven what the provider asks for
      Given Acme signs in with its own provider, which knows Dana
      And Acme asks everybody for a second factor
      When Dana signs in with her company's provider
      Then she may use the chat without another one
