
 
api/hello.protoapi"Const