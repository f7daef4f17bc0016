#!/usr/bin/env python
from quizsite.command import main

if __name__ == "__main__":
    main()
