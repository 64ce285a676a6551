"""``oms plan``: what a launch will do across all stacks, as CloudFormation itself evaluates it.

A package, since it is several concepts and one file of each: ``change`` is what a plan says,
``state`` what of it is a loss, ``verdicts`` reads a change set, ``outputs`` and ``later`` say what
only the launch will know, ``parameters`` resolves what can be resolved now, ``stack`` plans one
stack and ``run`` all of them; ``text``, ``markdown`` and ``report`` show it.
"""
