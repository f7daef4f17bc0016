from quizsite.command import main

main()
