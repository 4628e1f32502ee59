cleanerPart(1,["app","characters","controls","counters","credits","disclaimer","entities","holes","markup","notes","prompts","related","repeats","share","shear","spam","structure"],[
["000_d130d89d4b027735.txt","000_d130d89d4b027735",0,"hans",0.272,0.0,3558,2586,972,0,0,0,0,[12],0,""],
["001_9b00ffa692fd869e.txt","001_9b00ffa692fd869e",0,"hant",0.001,0.0,2326,2323,3,0,0,2,0,[2,7],0,""],
["002_cc229362e59457d6.txt","002_cc229362e59457d6",0,"hant",0.006,0.0,2244,2226,18,4,4,0,0,[1,10,13],0,""],
["003_daebafe0c6cee557.txt","003_daebafe0c6cee557",0,"hans",0.311,0.108,2286,1415,866,6,1,12,0,[0,2,3,4,5,6,8,11,13,15,16],11,"11 % spam"],
["004_44b2adcac121026c.txt","004_44b2adcac121026c",0,"hant",0.371,0.0,3671,1980,1674,35,18,22,0,[9,12,14],0,""]
]);
