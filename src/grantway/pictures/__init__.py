"""Pictures of public integrations: icons, logos and slides, kept by us and named by their content.

What a file of somebody's shows is drawn anew into a file of ours, and nothing
else of theirs is kept or served (S-135, S-155).
"""
